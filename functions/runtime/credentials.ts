import type { CredentialSource } from '../adapters/aws/credentials.ts';
import { AwsFailure } from '../adapters/aws/failure.ts';
import type { Environment } from './settings.ts';

/**
 * Credentials straight from the environment, where Lambda puts them, and from nowhere else (ADR 0006).
 * Read at each request: what is replaced there is used at once.
 */
export function credentialsFrom(environment: Environment): CredentialSource {
  return () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new AwsFailure('NoCredentials');
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}
