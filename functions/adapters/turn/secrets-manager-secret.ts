import * as z from 'zod/mini';
import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import { whatFailed } from '../api-gateway/what-failed.ts';
import { type JsonCalls, unreadable } from '../aws/json-calls.ts';
import type { SecretSource } from './cached-secret.ts';

export type SecretsManagerSecretOptions = {
  /** To Secrets Manager. */
  readonly call: JsonCalls;
  /** Name or ARN. */
  readonly secretId: string;
};

/**
 * A secret that is a plain text. Of a failure only its name is kept: what the answer held may be the secret (I9).
 */
export function secretsManagerSecret({ call, secretId }: SecretsManagerSecretOptions): SecretSource {
  return async () => plainText(await read());

  async function read(): Promise<string> {
    try {
      const { output } = await call('GetSecretValue', { SecretId: secretId });
      const { data } = answer.safeParse(output);
      if (data === undefined) throw unreadable();
      return data.SecretString ?? '';
    } catch (failure) {
      const { name, systemCode } = whatFailed(failure);
      throw unavailable(name === 'Error' ? (systemCode ?? name) : name);
    }
  }
}

const answer = z.object({ SecretString: z.optional(z.string()) });

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
