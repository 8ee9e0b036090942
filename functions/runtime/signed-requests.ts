import type { CredentialSource } from '../adapters/aws/credentials.ts';
import { AwsFailure } from '../adapters/aws/failure.ts';
import { serviceEndpoint } from '../adapters/aws/service-endpoint.ts';
import { type AwsTimeouts, type AwsTransport, awsTransport } from '../adapters/aws/transport.ts';
import { credentialsFrom } from './credentials.ts';
import type { Environment } from './settings.ts';

/** A kept-alive connection that died while the Lambda was frozen fails at once: hence two attempts. */
const maxAttempts = 2;

/** Signed with what the environment holds. */
export function signedTransport(environment: Environment, timeouts: AwsTimeouts): AwsTransport {
  return awsTransport({ maxAttempts, timeouts, credentials: sourceIn(environment) });
}

/** Where a service is: by its own variable, else by that of all services, else as AWS names it. */
export function endpointOf(
  service: 'dynamodb' | 'secretsmanager',
  { environment, region }: { environment: Environment; region: string },
): URL {
  const own = environment[endpointVariables[service]] ?? environment.AWS_ENDPOINT_URL;
  return own === undefined ? serviceEndpoint(service, region) : new URL(own);
}

/** The names that the SDK's clients know as well. */
const endpointVariables = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
} as const;

/** Read at each request: what is replaced in the environment is used at once. */
function sourceIn(environment: Environment): CredentialSource {
  return () => {
    const { credentials } = credentialsFrom(environment);
    if (credentials === undefined) throw new AwsFailure('NoCredentials');
    return credentials;
  };
}
