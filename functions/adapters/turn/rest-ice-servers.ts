import { createHmac } from 'node:crypto';
import type { IceServer } from '../../../protocol/messages/ice-server.ts';
import { turnCredential } from '../../core/model/turn-credential.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { IceServers } from '../../core/ports/ice-servers.ts';
import type { SecretSource } from './cached-secret.ts';
import { turnUserId } from './turn-user-id.ts';

export type RestIceServersOptions = {
  /** Of the TURN servers, which all share the secret. */
  readonly urls: readonly string[];
  /** How long a credential is good for a new allocation. */
  readonly credentialsMs: number;
  readonly secret: SecretSource;
  /** What is given beside them, as it is. */
  readonly others: readonly IceServer[];
  readonly clock: Clock;
};

/** TURN servers with credentials by the REST scheme, as coturn checks them with `use-auth-secret`. */
export function restIceServers(options: RestIceServersOptions): IceServers {
  const { urls, credentialsMs, secret, others, clock } = options;
  return {
    async for(holder) {
      const key = await secret();
      const { expiresAt, ...credential } = turnCredential(
        { id: turnUserId(holder), now: clock.now(), lifeMs: credentialsMs },
        // SHA-1 is what servers compute; they know no other (docs/adr/0014-turn-credentials.md).
        (username) => createHmac('sha1', key).update(username).digest('base64'),
      );
      return { iceServers: [...others, { urls: [...urls], ...credential }], expiresAt };
    },
  };
}
