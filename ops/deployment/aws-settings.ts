import type { Environment } from '../../functions/runtime/settings.ts';

const timeouts = { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/**
 * For any client of the SDK: what the environment says explicitly, and the SDK's own chain (profiles, SSO,
 * roles) for what it does not say.
 */
export function awsSettings(environment: Environment, service?: string) {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } =
    environment;
  const region = AWS_REGION ?? AWS_DEFAULT_REGION;
  const endpoint =
    (service === undefined ? undefined : environment[`AWS_ENDPOINT_URL_${service}`]) ??
    environment.AWS_ENDPOINT_URL;
  const isKeyed = AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined;
  return {
    maxAttempts: 2,
    requestHandler: timeouts,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    ...(isKeyed && {
      credentials: {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
      },
    }),
  };
}
