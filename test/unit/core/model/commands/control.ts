import fc from 'fast-check';
import type { Outcome } from '../../../../../functions/core/outcome.ts';
import type { Changed } from '../../../../../functions/core/use-cases/announce-control.ts';
import {
  grantControl,
  releaseControl,
  requestControl,
} from '../../../../../functions/core/use-cases/change-control.ts';
import type { SessionId } from '../../../../../protocol/ids.ts';
import { roverId } from '../../support/people.ts';
import { anySocket, steps } from '../steps.ts';
import { addressOf, type ModelSocket, type ModelWorld } from '../world.ts';
import { sessionAt } from './signal.ts';

const ways = ['requestControl', 'forceControl', 'grantControl', 'releaseControl'] as const;

type Change = {
  readonly way: (typeof ways)[number];
  readonly session: number;
  /** To which session it is granted. */
  readonly to: number;
  /** Whether the session's own connection asks, or any. */
  readonly own: boolean;
  readonly back: number;
};

const change = fc.record<Change>({
  way: fc.constantFrom(...ways, 'requestControl'),
  session: fc.nat({ max: 3 }),
  to: fc.nat({ max: 3 }),
  own: fc.constantFrom(true, true, true, false),
  back: anySocket,
});

/** Control is asked for, taken, handed over or given back, mostly by who holds the session, or may. */
export const controls = steps('control', change, async (world, given) => {
  const at = given.own ? liveAt : sessionAt;
  const sessionId = at(world, given.session);
  const to = at(world, given.to);
  const socket = given.own ? ownerOf(world, sessionId) : world.socketAt(given.back);
  if (sessionId === undefined || to === undefined || socket === undefined) return;
  const { deps, answered, replied } = world.acts(given.way, socket.connectionId);
  const asked = { caller: addressOf(socket), robotId: roverId, sessionId };
  const outcome = await by(given.way);
  answered(outcome.ok ? undefined : outcome.refusal.code);
  if (outcome.ok) replied({ type: 'controlChanged', ...outcome.value });

  function by(way: Change['way']): Promise<Outcome<Changed>> {
    switch (way) {
      case 'requestControl':
        return requestControl(deps, { ...asked, force: false });
      case 'forceControl':
        return requestControl(deps, { ...asked, force: true });
      case 'grantControl':
        return grantControl(deps, { ...asked, to: to as SessionId });
      case 'releaseControl':
        return releaseControl(deps, asked);
    }
  }
});

function liveAt({ state }: ModelWorld, back: number): SessionId | undefined {
  const live = [...state.sessions.values()];
  return live[live.length - 1 - (back % Math.max(live.length, 1))]?.sessionId;
}

function ownerOf({ state, socketOf }: ModelWorld, of: SessionId | undefined): ModelSocket | undefined {
  const session = [...state.sessions.values()].find(({ sessionId }) => sessionId === of);
  return session?.socket && socketOf(session.socket.connectionId);
}
