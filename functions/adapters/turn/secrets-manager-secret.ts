import * as z from 'zod/mini';
import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import { whatFailed } from '../api-gateway/what-failed.ts';
import { jsonService } from '../aws/json-service.ts';
import type { AwsTransport } from '../aws/transport.ts';
import type { SecretSource } from './cached-secret.ts';

export type SecretsManagerSecretOptions = {
  readonly transport: AwsTransport;
  readonly region: string;
  /** Of Secrets Manager in that region. */
  readonly endpoint: URL;
  /** Name or ARN. */
  readonly secretId: string;
};

/** Bytes, in place of a text, are no secret that a TURN server could share. */
const value = z.object({ SecretString: z.optional(z.string()) });

/**
 * A secret that is a plain text, by a request that is signed here (ADR 0050). Of a failure only its name is
 * kept (I9).
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretsManagerSecret({ secretId, ...of }: SecretsManagerSecretOptions): SecretSource {
  const asking = jsonService({ ...of, service: 'secretsmanager', target: 'secretsmanager', version: '1.1' });
  const getSecretValue = asking('GetSecretValue', value);
  return async () => plainText(await read());

  async function read(): Promise<string> {
    try {
      const { SecretString = '' } = await getSecretValue({ SecretId: secretId });
      return SecretString;
    } catch (failure) {
      const { name, systemCode } = whatFailed(failure);
      throw unavailable(name === 'Error' ? (systemCode ?? name) : name);
    }
  }
}

/** Without the line break that a file ends with, and that a TURN server's configuration cannot hold. */
function plainText(text: string): string {
  const secret = text.trim();
  if (secret === '') throw unavailable('SecretIsEmpty');
  // As the console makes them. Used as it stands, it would give credentials that no server takes.
  if (secret.startsWith('{')) throw unavailable('SecretIsKeyValuePairs');
  return secret;
}

function unavailable(code: string): DependencyUnavailable {
  return new DependencyUnavailable('Secrets Manager', code, undefined);
}
