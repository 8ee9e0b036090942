import { describe, expect, it } from 'vitest';
import { rollOverAt } from '../../../../functions/core/model/connection-deadline.ts';
import { revokeSignIn } from '../../../../functions/core/use-cases/revoke.ts';
import {
  cleanUp,
  codeOf,
  granted,
  inSession,
  refresh,
  send,
  signalOf,
  socketNamed,
  welcomed,
} from '../support/cast.ts';
import { operator1, rover1 } from '../support/people.ts';
import { newWorld, t0, type World } from '../support/world.ts';

/** What the model has found and is left as it is, shrunk and told as a story: `known-limits.ts` says why. */
describe('refreshedThoughUnread', () => {
  it.fails('known: a refresh that was under way during a whole revocation, and cannot read it afterwards, leaves the revoked sign-in in use', async () => {
    const world = newWorld();
    const socket = await welcomed(world, operator1);
    const revoked = world.tokens.signIn();
    const writing = world.tap.hold('connections.refresh');
    const refreshing = refresh(world, socket, world.tokens.issue(operator1, { signedIn: revoked }));
    await writing.reachedBy(refreshing);
    const { principalId } = operator1;
    await revokeSignIn(world.deps, { principalId, originJti: String(revoked.originJti) });
    world.tap.fail('revocations.of');
    writing.release();
    await expect(refreshing).rejects.toThrow('unavailable');

    // Whoever is to find it, nobody does: neither a later run, nor the refresh when it is sent again.
    world.pass(world.policy.cleanupEveryMs);
    await cleanUp(world);
    await refresh(world, socket, world.tokens.issue(operator1, { signedIn: revoked }));
    expect(world.connection(socket)?.token.originJti).not.toBe(revoked.originJti);
  });
});

describe('announcedTwice', () => {
  const goAways = (world: World, socket: Parameters<World['gateway']['to']>[0]) =>
    world.gateway.to(socket).filter(({ type }) => type === 'goAway');

  it.fails('known: a refresh while a run announces the roll-over lets a second run announce it again', async () => {
    const world = newWorld();
    const socket = await welcomed(world, operator1);
    world.clock.at = rollOverAt(world.policy, { ...socket, connectedAt: t0 });
    const posting = world.tap.hold(`post goAway to ${socket.connectionId}`);
    const first = cleanUp(world);
    await posting.reachedBy(first);
    // Its deadline is that of the row before the announcement: past.
    granted(await refresh(world, socket, world.tokens.issue(operator1)));
    await cleanUp(world);
    posting.release();
    await first;
    expect(goAways(world, socket)).toHaveLength(1);
  });

  it.fails('known: a next moment that comes while a run announces lets a second run announce all again', async () => {
    const world = newWorld();
    const [firstWarningMs = 0] = world.policy.warnMs;
    const rollsOverAt = rollOverAt(world.policy, { ...socketNamed('of-operator-1'), connectedAt: t0 });
    const lifeMs = rollsOverAt + 5000 + firstWarningMs - t0;
    const socket = await welcomed(world, operator1, { lifeMs });
    world.clock.at = rollsOverAt;
    const posting = world.tap.hold(`post goAway to ${socket.connectionId}`);
    const first = cleanUp(world);
    await posting.reachedBy(first);
    world.pass(5000);
    await cleanUp(world);
    posting.release();
    await first;
    expect(goAways(world, socket)).toHaveLength(1);
  });
});

describe('copiedAhead', () => {
  it.fails('known: a refresh that fails after its copies were written is passed on to by the new token', async () => {
    const world = newWorld();
    const { robotSocket, clientSocket, sessionId } = await inSession(world, rover1, operator1);
    world.pass(world.policy.tokenMs / 2);
    granted(await refresh(world, clientSocket, world.tokens.issue(operator1)));
    world.tap.fail('connections.refresh');
    await expect(refresh(world, robotSocket, world.tokens.issue(rover1))).rejects.toThrow('unavailable');
    world.pass(world.policy.tokenMs / 2);
    expect(codeOf(await send(world, clientSocket, signalOf(sessionId)))).toBe('peer_away');
  });
});
