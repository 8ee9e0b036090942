import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDirectory } from '../../functions/core/ports/client-directory.ts';
import type { SignalPath } from '../../functions/core/ports/signal-path.ts';
import type { World } from '../unit/core/support/world.ts';
import { playInputs, verifierOnLoopback } from './support/fuzz/run.ts';
import type { Plant } from './support/fuzz/stage.ts';

/** It ends with the first that is judged wrong: mostly within a thousand, but with one seed of twenty not within three. */
const mostInputs = 50_000;

/** What a mistake in the code would be like. Each is put around what is right, and must be found. */
const plants: readonly { fault: string; plant: Plant; found: RegExp }[] = [
  {
    fault: 'a resume key is good for everybody',
    plant: { world: (world) => withDeps(world, { clients: forgetful(world) }) },
    found: /changed a session of others|somebody else's|has told/,
  },
  {
    fault: 'a session is relayed for whoever knows its id',
    plant: { world: (world) => withDeps(world, { signalPath: trusting(world) }) },
    found: /has told .* signal/,
  },
  {
    fault: 'a session that is not the own one is refused, and ended all the same',
    plant: {
      call:
        (call, { state }) =>
        async (event) => {
          const result = await call(event);
          if (result.body?.includes('session_unknown') === true) {
            const { body } = Object(event) as { body: string };
            for (const [place, { sessionId }] of state.sessions) {
              if (body.includes(sessionId)) state.sessions.delete(place);
            }
          }
          return result;
        },
    },
    found: /session_unknown, and sessions .* has changed/,
  },
  {
    fault: 'a field that is null breaks the handler',
    plant: {
      call: (call) => async (event) => {
        const { body } = Object(event) as { body?: string };
        if (body?.includes('"requestId":null') !== true) return call(event);
        const message = { type: 'error', code: 'internal', message: 'It broke.', retryable: true };
        return { statusCode: 200, body: JSON.stringify(message) };
      },
    },
    found: /refused with internal/,
  },
  {
    fault: 'an answer that lacks a field',
    plant: {
      call: (call) => async (event) => {
        const result = await call(event);
        return { ...result, ...(result.body && { body: result.body.replace('"leaseEpoch"', '"lease"') }) };
      },
    },
    found: /no message of the reference/,
  },
  {
    fault: 'a token that is refused is written down',
    plant: {
      call:
        (call, { deps }) =>
        async (event) => {
          const { body = '' } = Object(event) as { body?: string };
          if (body.includes('"refreshToken"'))
            deps.lifeLog.note({ type: 'connect_refused', status: 401, reason: body });
          return call(event);
        },
    },
    found: /a secret is written down/,
  },
];

const withDeps = (world: World, deps: Partial<World['deps']>): World => ({
  ...world,
  deps: { ...world.deps, ...deps },
});

/** Takes over for whoever comes with a key of the client. */
function forgetful({ state, deps: { clients } }: World): ClientDirectory {
  return {
    ...clients,
    takeOver: (clientId, entry) =>
      clients.takeOver(clientId, {
        ...entry,
        principalId: state.clients.get(clientId)?.principalId ?? entry.principalId,
      }),
  };
}

/** Gives each reader the session as if it were on the socket of the robot, whose every word is relayed. */
function trusting({ state, deps: { signalPath } }: World): SignalPath {
  return {
    async read(key) {
      const { robot, session } = await signalPath.read(key);
      const [, stranger] = [...state.connections].find(([id]) => id === 'viewer-1') ?? [];
      if (session?.socket === undefined || stranger === undefined) return { robot, session };
      return {
        robot,
        session: { ...session, socket: { ...session.socket, connectionId: stranger.connectionId } },
      };
    },
  };
}

let given: Awaited<ReturnType<typeof verifierOnLoopback>>;
beforeAll(async () => {
  given = await verifierOnLoopback();
});
afterAll(() => given.jwks.close());

describe('the fuzzing finds a mistake that is put into the code', () => {
  it.each(plants)('$fault', { timeout: 240_000 }, async ({ plant, found }) => {
    const played = playInputs({ verifier: given.verifier, plant }, mostInputs, { shrink: false });
    const failure: unknown = await played.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(Error);
    expect(String(Object(failure).cause?.message)).toMatch(found);
  });
});
