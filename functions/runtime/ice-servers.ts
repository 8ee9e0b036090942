import { cachedSecret, type SecretSource } from '../adapters/turn/cached-secret.ts';
import { restIceServers } from '../adapters/turn/rest-ice-servers.ts';
import { secretsManagerSecret } from '../adapters/turn/secrets-manager-secret.ts';
import { staticIceServers } from '../adapters/turn/static-ice-servers.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { IceServers } from '../core/ports/ice-servers.ts';
import type { Overrides } from './dependencies.ts';
import { type Environment, iceServersFrom, regionFrom, turnFrom } from './settings.ts';
import { endpointOf, signedTransport } from './signed-requests.ts';

const timeouts = { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 };

/** How long a secret that was replaced may still be used here. The TURN servers must take both as long. */
const keepSecretMs = 300_000;

/** The servers of the configuration; those of TURN only where it is configured. */
export function iceServersOf(
  environment: Environment,
  { overrides, clock }: { overrides: Overrides; clock: Clock },
): IceServers {
  const others = iceServersFrom(environment);
  const turn = turnFrom(environment);
  if (turn === undefined) return staticIceServers(others);
  const { urls, credentialsMs, secretId } = turn;
  const read = overrides.readTurnSecret ?? secretIn(environment, secretId);
  const secret = cachedSecret({ read, keepMs: keepSecretMs, clock });
  return restIceServers({ urls, credentialsMs, secret, others, clock });
}

function secretIn(environment: Environment, secretId: string): SecretSource {
  const region = regionFrom(environment);
  return secretsManagerSecret({
    transport: signedTransport(environment, timeouts),
    region,
    endpoint: endpointOf('secretsmanager', { environment, region }),
    secretId,
  });
}
