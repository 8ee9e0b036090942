import type { AwsCredentials } from '../adapters/aws/credentials.ts';
import type { Environment } from './settings.ts';

/**
 * Credentials straight from the environment, where Lambda puts them: the SDK's default chain would
 * first ask half a dozen other places (ADR 0006).
 */
export function credentialsFrom(environment: Environment): { readonly credentials?: AwsCredentials } {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return {};
  return {
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
  };
}
