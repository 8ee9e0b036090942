import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { Actor } from '../steps.ts';

const endsRevoked = new Set(['revoked', 'regrouped']);

/**
 * F13, I10: what was revoked does not get in and does not stay, what was not is not touched, and who
 * cannot ask says no.
 */
export const revoked: Invariant = {
  name: 'F13, I10: what was revoked is out and stays out, what was not is not touched, and no doubt is a yes',
  look() {
    const welcoming = new Set<Actor>();
    const blind = new Set<Actor>();
    /** Who began to close what is being closed. */
    const closers = new Map<ConnectionId, Actor>();
    /** Connections that hold a token which nobody could check after it was written. */
    const unread = new Set<ConnectionId>();

    return {
      connection({ ledger }, { by, before, after }) {
        if (before?.state === 'connected' && after?.state === 'ready') welcoming.add(by);
        if (before === undefined || before.state === 'closing' || after === undefined) return;
        const { principalId } = after.identity;
        mustHold(
          after.token === before.token || !ledger.covers(principalId, after.token, { writtenBefore: by }),
          `${by.name} gave ${after.connectionId} a token that had been revoked`,
        );
        if (after.state !== 'closing') return;
        closers.set(after.connectionId, by);
        if (after.endsAs === undefined || !endsRevoked.has(after.endsAs)) return;
        mustHold(
          ledger.covers(before.identity.principalId, before.token, 'asked'),
          `${by.name} closed ${before.connectionId} as ${after.endsAs}, and nobody has revoked its sign-in`,
        );
      },

      blinded(_world, by) {
        blind.add(by);
        const isRefresh = by.name.startsWith('refresh') && by.connectionId !== undefined;
        if (known.refreshedThoughUnread && isRefresh) unread.add(by.connectionId);
      },

      delivered({ state, ledger }, { by, to, message }) {
        if (message.type !== 'welcome' || !welcoming.has(by)) return;
        mustHold(!blind.has(by), `${to} was welcomed, though the revocations could not be read`);
        const row = state.connections.get(to);
        mustHold(
          row === undefined || !ledger.covers(row.identity.principalId, row.token, { writtenBefore: by }),
          `${to} was welcomed, though its sign-in had been revoked`,
        );
      },

      answered({ ledger }, { by, refusal, token }) {
        mustHold(
          refusal !== undefined || !blind.has(by),
          `${by.name} was granted without a look at what is revoked`,
        );
        if (token === undefined) return;
        const { principalId } = token.user;
        mustHold(
          refusal !== undefined || !ledger.covers(principalId, token.life, { writtenBefore: by }),
          `${by.name} of ${by.connectionId} was granted with a token that had been revoked`,
        );
        const isRefused = refusal === '401' || refusal === 'token_invalid';
        mustHold(
          !isRefused || ledger.covers(principalId, token.life, 'asked'),
          `${by.name} of ${by.connectionId} was refused, and nobody has revoked its sign-in`,
        );
      },

      afterRound({ state, gateway, ledger, sockets }, { writersOf }) {
        for (const row of state.connections.values()) {
          const { connectionId, identity, token } = row;
          const closer = closers.get(connectionId);
          mustHold(
            row.state !== 'closing' || closer?.name !== 'revoke' || !ledger.isAcknowledged(closer),
            `${connectionId} is still being closed, and its revocation was acknowledged`,
          );
          if (row.state !== 'ready' || !gateway.open.has(connectionId) || unread.has(connectionId)) continue;
          mustHold(
            !ledger.covers(identity.principalId, token, 'acknowledged'),
            `${connectionId} is ready and open, and its sign-in is revoked`,
          );
          const [by, ...others] = [...writersOf(connectionId)].filter(({ name }) => name === 'hello');
          mustHold(
            by === undefined || others.length > 0 || !blind.has(by) || !welcoming.has(by),
            `${connectionId} is ready, and nobody could see whether its sign-in is revoked`,
          );
        }
        for (const { connectionId, saidBye } of sockets) {
          const isLeft = gateway.open.has(connectionId) && !state.connections.has(connectionId);
          mustHold(!isLeft || saidBye, `${connectionId} is open, and has no row`);
        }
      },
    };
  },
};
