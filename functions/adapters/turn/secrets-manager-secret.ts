import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import { whatFailed } from '../api-gateway/what-failed.ts';
import type { SecretSource } from './cached-secret.ts';

export type SecretsManagerSecretOptions = {
  readonly client: SecretsManagerClient;
  /** Name or ARN. */
  readonly secretId: string;
};

/**
 * A secret that is a plain text. Of a failure only its name is kept: the SDK's error may hold the answer,
 * and with it the secret (I9).
 */
export function secretsManagerSecret({ client, secretId }: SecretsManagerSecretOptions): SecretSource {
  return async () => plainText(await read());

  async function read(): Promise<string> {
    try {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      return SecretString;
    } catch (failure) {
      const { name, systemCode } = whatFailed(failure);
      throw unavailable(name === 'Error' ? (systemCode ?? name) : name);
    }
  }
}

/** Without the line break that a file ends with, and that a TURN server's configuration cannot hold. */
function plainText(value: string): string {
  const secret = value.trim();
  if (secret === '') throw unavailable('SecretIsEmpty');
  // As the console makes them. Used as it stands, it would give credentials that no server takes.
  if (secret.startsWith('{')) throw unavailable('SecretIsKeyValuePairs');
  return secret;
}

function unavailable(code: string): DependencyUnavailable {
  return new DependencyUnavailable('Secrets Manager', code, undefined);
}
