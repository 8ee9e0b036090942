import { retryMs } from '../../../../../functions/core/use-cases/end-connection.ts';
import type { ConnectionId } from '../../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../../protocol/messages.ts';
import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { Actor } from '../steps.ts';
import { type ModelWorld, policy } from '../world.ts';
import { helloMetRefresh } from './met.ts';

/** What a holder has been told, and of which token. */
type Told = {
  readonly since: number;
  readonly expiresAt: number;
  /** How many of the warnings are behind it. */
  warnings: number;
  expired: boolean;
};

/**
 * What is coming is said to who has said hello: the truth, each thing once, and in time. A run whose post
 * failed may say it again.
 */
export const announced: Invariant = {
  name: 'I6, F3: each warning, the expiry and the roll-over are announced in time, truly, and once',
  look() {
    const tokens = new Map<string, Told>();
    const rolledOver = new Set<ConnectionId>();
    /** Who may hear again what they have heard. */
    const again = new Map<ConnectionId, number>();
    /** Which runs have had to do with a connection in this round. */
    const runs = new Map<ConnectionId, Set<Actor>>();
    const isShared = (id: ConnectionId, by?: Actor) =>
      known.announcedTwice && [...(runs.get(id) ?? [])].filter((each) => each !== by).length > (by ? 0 : 1);
    /** Whose deadline may be that of the token before. */
    const late = new Set<ConnectionId>();
    const nameOf = (id: ConnectionId, expiresAt: number) => `${id} ${expiresAt}`;

    const toldOf = ({ clock }: ModelWorld, id: ConnectionId, expiresAt: number): Told => {
      const name = nameOf(id, expiresAt);
      const told = tokens.get(name) ?? { since: clock.at, expiresAt, warnings: 0, expired: false };
      tokens.set(name, told);
      return told;
    };

    function said(world: ModelWorld, to: ConnectionId, message: ServerMessage, by: Actor) {
      const mayRepeat = again.has(to) || isShared(to, by);
      const knownUntil = world.socketOf(to)?.knownUntil ?? 0;
      switch (message.type) {
        case 'tokenExpiring': {
          const { tokenExpiresAt, remainingMs } = message;
          mustHold(remainingMs > 0 && tokenExpiresAt > by.startedAt, `${to} was warned of what has run out`);
          mustHold(tokenExpiresAt >= knownUntil, `${to} was warned of a token that it has replaced`);
          const told = toldOf(world, to, tokenExpiresAt);
          const warnings = policy.warnMs.filter((warnMs) => warnMs >= remainingMs).length;
          mustHold(
            mayRepeat || warnings > told.warnings,
            `${to} was warned twice, ${remainingMs} ms before the end`,
          );
          told.warnings = Math.max(told.warnings, warnings);
          return true;
        }
        case 'tokenExpired': {
          const expiresAt = message.graceEndsAt - policy.graceMs;
          mustHold(expiresAt <= world.clock.at, `${to} was told that its token has expired, and it has not`);
          mustHold(expiresAt >= knownUntil, `${to} was told of the end of a token that it has replaced`);
          const told = toldOf(world, to, expiresAt);
          mustHold(mayRepeat || !told.expired, `${to} was told twice that its token has expired`);
          told.expired = true;
          return true;
        }
        case 'goAway': {
          if (message.code !== 'connection_max_age') return false;
          const ageMs = world.clock.at - (world.socketOf(to)?.connectedAt ?? 0);
          mustHold(ageMs >= policy.rollOverMs.from, `${to} is to roll over at the age of ${ageMs} ms`);
          mustHold(mayRepeat || !rolledOver.has(to), `${to} was told twice to roll over`);
          rolledOver.add(to);
          return true;
        }
        default:
          return false;
      }
    }

    return {
      connection(world, { by, after }) {
        if (after !== undefined && by.name === 'cleanup') {
          runs.set(after.connectionId, (runs.get(after.connectionId) ?? new Set()).add(by));
        }
        if (after !== undefined) toldOf(world, after.connectionId, after.token.expiresAt);
      },

      delivered(world, { by, to, message }) {
        if (!said(world, to, message, by)) return;
        mustHold(by.name === 'cleanup', `${by.name} announced ${message.type}`);
        mustHold(
          world.socketOf(to)?.saidHello === true,
          `${to} has not said hello, and heard ${message.type}`,
        );
      },

      failed(world, { by, to }) {
        if (by.name === 'cleanup') again.set(to, world.clock.at);
      },

      afterRound(world, { cleanedUpAt: at, writersOf }) {
        for (const id of runs.keys()) if (isShared(id)) again.set(id, world.clock.at);
        runs.clear();
        for (const id of world.state.connections.keys()) {
          if (helloMetRefresh(writersOf(id))) late.add(id);
          else if (writersOf(id).size === 1) late.delete(id);
        }
        if (at === undefined) return;
        const isOthers = (id: ConnectionId) => [...writersOf(id)].some(({ name }) => name !== 'cleanup');
        // What a run has failed at was taken up again by this one, unless somebody else was at the row.
        for (const [id, failedAt] of again) {
          if (failedAt + retryMs <= at && !isOthers(id)) again.delete(id);
        }
        for (const { connectionId: id, state, token, connectedAt } of world.state.connections.values()) {
          const isExcused = isOthers(id) || again.has(id) || late.has(id);
          if (state !== 'ready' || isExcused || !world.gateway.open.has(id)) continue;
          const { since, expiresAt, warnings, expired } = toldOf(world, id, token.expiresAt);
          const isDue = (moment: number) => since < moment && moment <= at;
          const of = `${at - expiresAt} ms after the end`;
          // A run that is overtaken by the end says that, and no warning any more.
          const warned = expired ? policy.warnMs.length : warnings;
          policy.warnMs.forEach((warnMs, i) => {
            mustHold(!isDue(expiresAt - warnMs) || warned > i, `${id} was not warned, ${of}`);
          });
          mustHold(!isDue(expiresAt) || expired, `${id} was not told that its token has expired, ${of}`);
          const { to } = policy.rollOverMs;
          const isOld = connectedAt + to - policy.cleanupEveryMs <= at;
          mustHold(
            !isOld || rolledOver.has(id),
            `${id} was not told to roll over, aged ${at - connectedAt} ms`,
          );
        }
      },
    };
  },
};
