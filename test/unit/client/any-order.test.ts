import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import { goAwayCodeNames } from '../../../protocol/go-away-codes.ts';
import { scene } from './support/started-client.ts';

const step = fc.oneof(
  fc.record({ do: fc.constant('cut' as const), code: fc.constantFrom(1000, 1001, 1006, 1009) }),
  fc.record({
    do: fc.constant('goAway' as const),
    code: fc.constantFrom(...goAwayCodeNames),
    reconnect: fc.boolean(),
    isCut: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('handshake' as const),
    is: fc.constantFrom<'open' | 'hang' | { status: number | undefined }>(
      'open',
      'open',
      'hang',
      { status: 503 },
      { status: undefined },
      { status: 401 },
    ),
  }),
  fc.record({ do: fc.constant('silent' as const) }),
  fc.record({ do: fc.constant('welcomes' as const), is: fc.boolean() }),
  fc.record({ do: fc.constant('refreshes' as const), is: fc.boolean() }),
  fc.record({ do: fc.constant('expiring' as const) }),
  fc.record({ do: fc.constant('unauthenticated' as const) }),
  fc.record({ do: fc.constant('nonsense' as const), frame: fc.oneof(fc.string(), fc.json()) }),
  fc.record({ do: fc.constant('tokens' as const), are: fc.constantFrom('good', 'failing', 'gone') }),
  fc.record({ do: fc.constant('wake' as const) }),
  fc.record({ do: fc.constant('ask' as const) }),
  fc.record({
    do: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 400, 3_000, 15_000, 70_000, 4_000_000),
  }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The ends that what has happened may lead to. */
function deserved(steps: readonly Step[], kind: string): string[] {
  const told = steps.filter((each) => each.do === 'goAway');
  const replaced = told.filter(({ code }) => code === 'replaced').length;
  const has = (is: (each: Step) => boolean, reason: string) => (steps.some(is) ? [reason] : []);
  return [
    ...(told.some(({ code, reconnect }) => code === 'revoked' && !reconnect) ? ['revoked'] : []),
    ...(kind === 'client' && replaced > 0 ? ['replaced'] : []),
    ...(kind === 'robot' && replaced > 2 ? ['identity_contested'] : []),
    ...has((each) => each.do === 'tokens' && each.are === 'gone', 'sign_in_required'),
    ...has(
      (each) => each.do === 'handshake' && typeof each.is === 'object' && each.is.status === 401,
      'token_refused',
    ),
  ];
}

it('whatever happens in whatever order: two sockets at most, no storm, an end that is an end, and else it is ready again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30, size: 'max' }),
      fc.constantFrom('robot', 'client'),
      async (steps, kind) => {
        let wake = () => {};
        const page = {
          isOffline: () => false,
          onWake(act: () => void) {
            wake = act;
            return () => {};
          },
        };
        const welcome = kind === 'robot' ? { kind: 'robot' as const, robotId: 'rover-1' } : {};
        const { client, clock, server, tokens, states } = scene({ page, welcome });
        const began = clock.monotonic();
        const requests: Promise<unknown>[] = [];
        client.start();
        await clock.advance(1);

        for (const now of steps) {
          const socket = server.sockets.at(-1);
          if (now.do === 'cut') socket?.cut(now.code);
          if (now.do === 'goAway') {
            socket?.say({ type: 'goAway', code: now.code, reconnect: now.reconnect });
            if (now.isCut) socket?.cut(1000);
          }
          if (now.do === 'handshake') server.manners.handshake = now.is;
          if (now.do === 'silent') socket?.goSilent();
          if (now.do === 'welcomes') server.manners.welcomes = now.is;
          if (now.do === 'refreshes') server.manners.refreshes = now.is;
          if (now.do === 'expiring')
            socket?.say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
          if (now.do === 'unauthenticated') {
            socket?.say({ type: 'error', code: 'unauthenticated', message: '', retryable: false });
          }
          if (now.do === 'nonsense') socket?.sayRaw(now.frame);
          if (now.do === 'tokens') {
            const isGone = now.are === 'gone';
            const failure = new TokenUnavailable('no', { retryable: !isGone, code: 'no' });
            tokens.fail(now.are === 'good' ? undefined : failure);
          }
          if (now.do === 'wake') wake();
          if (now.do === 'ask') requests.push(client.request('listRobots', {}).catch(() => undefined));
          await clock.advance(now.do === 'wait' ? now.ms : 0);
          // One in use, one that is to take over, and one that lingers for a second.
          expect(
            server.sockets.filter((each) => !each.isClosed() && !each.isEnded()).length,
          ).toBeLessThanOrEqual(3);
        }

        Object.assign(server.manners, { handshake: 'open', welcomes: true, refreshes: true });
        tokens.fail(undefined);
        const isOver = client.state().status === 'closed';
        const opened = server.sockets.length;
        server.sockets.at(-1)?.cut();
        await clock.advance(200_000);
        const elapsedMs = clock.monotonic() - began;
        const state = client.state();
        if (isOver) expect(server.sockets).toHaveLength(opened);
        if (state.status === 'closed') {
          expect(deserved(steps, kind)).toContain(state.reason);
        } else {
          expect(state.status).toBe('ready');
          expect(server.sockets.filter((each) => !each.isClosed() && !each.isEnded())).toHaveLength(1);
        }
        // Full jitter at one half: an attempt in 10 s in the long run, and a few at the beginning of each series.
        expect(server.sockets.length).toBeLessThan(20 + 8 * steps.length + elapsedMs / 9_000);
        expect(tokens.renewals()).toBeLessThan(10 + 4 * steps.length + elapsedMs / 9_000);
        expect(states.filter(({ status }) => status === 'closed').length).toBeLessThanOrEqual(1);
        await clock.advance(20_000);
        await Promise.all(requests);
        client.close();
        await clock.advance(2_000);
        expect(clock.timers()).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});
