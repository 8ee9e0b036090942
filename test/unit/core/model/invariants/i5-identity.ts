import type { Identity } from '../../../../../functions/core/model/identity.ts';
import { type Invariant, mustHold } from '../look.ts';

const refused = new Set(['refresh (older)', 'refresh (foreign)']);

/** I5: a connection stays who it is, its life is never shortened, and a token that is refused writes nothing. */
export const identity: Invariant = {
  name: 'I5: a refresh changes neither who it is nor shortens its life',
  look: () => ({
    connection(_world, { by, before, after }) {
      mustHold(!refused.has(by.name), `${by.name} wrote a connection`);
      if (before === undefined || after === undefined) return;
      mustHold(nameOf(before.identity) === nameOf(after.identity), `${after.connectionId} became another`);
      mustHold(
        after.token.expiresAt >= before.token.expiresAt,
        `the life of ${after.connectionId} was shortened by ${by.name}`,
      );
    },
    robot: (_world, { by }) => mustHold(!refused.has(by.name), `${by.name} wrote a robot`),
    session: (_world, { by }) => mustHold(!refused.has(by.name), `${by.name} wrote a session`),
  }),
};

function nameOf(identity: Identity): string {
  return [identity.principalId, identity.kind, identity.kind === 'robot' ? identity.robotId : ''].join(' ');
}
