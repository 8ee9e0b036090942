import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import { runCleanup } from '../../../functions/core/use-cases/cleanup.ts';
import { countRobots } from '../../../functions/core/use-cases/count-robots.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { revocationHandler } from '../../../functions/events/revocation.ts';
import { connected, hello, welcomed } from '../core/support/cast.ts';
import { operator1, rover1 } from '../core/support/people.ts';
import { api, connectEvent, messageEvent } from '../edge/support/gateway-calls.ts';
import { alarmNames, rung, silent, watchedWorld } from './support/watched.ts';

const minuteMs = 60_000;
const limits = (now: number) => ({ endBy: now + minuteMs, batch: 50 });

let watched: ReturnType<typeof watchedWorld>;
beforeEach(() => {
  watched = watchedWorld();
});
afterEach(() => watched.release());

/** A message as it comes through the gateway, which counts it. */
function message(action: string, body: object, connectionId = 'A') {
  watched.aws('MessageCount');
  return api(watched.world)(messageEvent(action, { action, ...body }, connectionId));
}

describe('RefreshFailures', () => {
  const refreshes = async (good: number, bad: number) => {
    const { world } = watched;
    await welcomed(world, rover1, { name: 'A' });
    for (let i = 0; i < good; i++) {
      world.pass(1_000);
      await message('refreshToken', { token: world.tokens.issue(rover1) });
    }
    for (let i = 0; i < bad; i++) await message('refreshToken', { token: 'nobody-has-issued-this' });
  };

  it('rings when more than one in twenty is refused', async () => {
    await refreshes(20, 3);
    expect(watched.stateOf('RefreshFailures')).toBe('ALARM');
  });

  it('does not ring for one in a hundred, nor for two alone, nor for none', async () => {
    expect(watched.stateOf('RefreshFailures')).toBe('OK');
    await refreshes(0, 2);
    expect(watched.stateOf('RefreshFailures')).toBe('OK');
    await refreshes(99, 1);
    expect(watched.stateOf('RefreshFailures')).toBe('OK');
  });
});

describe('F15: a robot that is cut off from Cognito never fails on the server', () => {
  /** Runs the cleanup as the schedule does, from before the end of the token until after its grace. */
  const untilAfterGrace = async (who: typeof rover1) => {
    const { world } = watched;
    await welcomed(world, who, { name: 'A' });
    const { tokenMs, graceMs } = world.policy;
    for (const at of [tokenMs - 1, tokenMs + 1, tokenMs + graceMs + 1]) {
      world.clock.at = watched.t0 + at;
      await runCleanup(world.deps, limits(world.clock.at));
    }
  };

  it('TokensExpired and ClosedByGrace ring, though nothing was refused', async () => {
    await untilAfterGrace(rover1);
    expect(watched.stateOf('TokensExpired')).toBe('ALARM');
    expect(watched.stateOf('ClosedByGrace')).toBe('ALARM');
    expect(watched.stateOf('RefreshFailures')).toBe('OK');
  });

  it('a person whose laptop sleeps wakes nobody', async () => {
    await untilAfterGrace(operator1);
    expect(watched.world.noted('disconnected')).toMatchObject([{ how: 'expired', kind: 'client' }]);
    expect(watched.stateOf('TokensExpired')).toBe('OK');
    expect(watched.stateOf('ClosedByGrace')).toBe('OK');
  });
});

describe('LifetimeMismatch', () => {
  it('F1: rings at the first token that lives an hour instead of four', async () => {
    await connected(watched.world, rover1, { lifeMs: 3_600_000 });
    expect(watched.stateOf('LifetimeMismatch')).toBe('ALARM');
  });

  it('is quiet while tokens live as the policy has it', async () => {
    await connected(watched.world, rover1);
    expect(watched.stateOf('LifetimeMismatch')).toBe('OK');
  });
});

describe('IdentityContested', () => {
  const takeOvers = async (count: number) => {
    const { world } = watched;
    for (let i = 0; i <= count; i++) {
      world.pass(5_000);
      await welcomed(world, rover1, { name: `socket-${i}` });
    }
  };

  it('F8: rings when two devices take a robot from each other', async () => {
    await takeOvers(3);
    expect(watched.stateOf('IdentityContested')).toBe('ALARM');
  });

  it('is quiet when a robot moves once', async () => {
    await takeOvers(1);
    expect(watched.world.noted('replaced')).toHaveLength(1);
    expect(watched.stateOf('IdentityContested')).toBe('OK');
  });
});

describe('the cleanup', () => {
  it('CleanupLag rings when it is three minutes late for three minutes', async () => {
    const { world } = watched;
    for (let i = 0; i < 3; i++) {
      await connected(world, rover1, { name: `socket-${i}` });
      world.pass(world.policy.helloWithinMs + 4 * minuteMs);
      await runCleanup(world.deps, limits(world.clock.at));
      // The next of these comes within the same five minutes of CloudWatch.
      if (i < 2) world.clock.at -= world.policy.helloWithinMs + 3 * minuteMs;
    }
    expect(watched.stateOf('CleanupLag', { afterMs: 1 })).toBe('ALARM');
  });

  it('CleanupLag is quiet when each run takes up what has just become due', async () => {
    const { world } = watched;
    await connected(world, rover1);
    world.pass(world.policy.helloWithinMs + 30_000);
    await runCleanup(world.deps, limits(world.clock.at));
    expect(world.noted('cleanup_done')).toMatchObject([{ closed: 1, lagMs: 30_000 }]);
    expect(watched.stateOf('CleanupLag')).toBe('OK');
  });

  it('CleanupStopped rings when no run was heard of for five minutes, and not before', async () => {
    const { world } = watched;
    await runCleanup(world.deps, limits(world.clock.at));
    expect(watched.stateOf('CleanupStopped', { afterMs: 4 * minuteMs })).toBe('OK');
    expect(watched.stateOf('CleanupStopped', { afterMs: 5 * minuteMs + 1 })).toBe('ALARM');
  });
});

describe('DeadLetters', () => {
  it('rings for a revocation that cannot be read: Lambda leaves it in the queue', async () => {
    const { world } = watched;
    const handle = revocationHandler({ ...world.deps, userPoolId: 'us-east-1_Pool' });
    const asLambdaWould = (event: unknown) =>
      handle(event).catch(() => watched.aws('ApproximateNumberOfMessagesVisible'));
    await asLambdaWould({ userName: rover1.userName });
    expect(watched.stateOf('DeadLetters')).toBe('OK');
    await asLambdaWould({ user: rover1.userName });
    expect(watched.stateOf('DeadLetters')).toBe('ALARM');
  });
});

describe('ErrorRate', () => {
  /** Ten minutes of messages, of which so many meet a store that fails. */
  const tenMinutes = async (good: number, bad: number) => {
    const { world } = watched;
    await welcomed(world, operator1, { name: 'A' });
    for (let period = 0; period < 2; period++) {
      world.pass(5 * minuteMs);
      for (let i = 0; i < good; i++) await message('listRobots', {});
      for (let i = 0; i < bad; i++) {
        world.tap.fail('connections.get', { error: new TypeError('made to fail') });
        await message('listRobots', {});
      }
    }
  };

  it('rings when more than one message in a hundred fails, for ten minutes', async () => {
    await tenMinutes(60, 3);
    expect(watched.world.noted('fault')).toHaveLength(6);
    expect(watched.stateOf('ErrorRate')).toBe('ALARM');
  });

  it('is quiet for two of a few, and for refusals that are the caller’s own', async () => {
    await tenMinutes(2, 2);
    for (let i = 0; i < 20; i++) await message('openSession', { robotId: 'rover-404', mode: 'view' });
    expect(watched.world.noted('message_refused').length).toBeGreaterThan(20);
    expect(watched.stateOf('ErrorRate')).toBe('OK');
  });

  it('rings for a cleanup that fails while nobody says anything', async () => {
    const { world } = watched;
    for (let period = 0; period < 2; period++) {
      world.pass(5 * minuteMs);
      for (let run = 0; run < 3; run++) {
        world.tap.fail('robots.due', {
          error: new DependencyUnavailable('DynamoDB', 'TimeoutError', undefined),
        });
        await runCleanup(world.deps, limits(world.clock.at));
      }
    }
    expect(watched.stateOf('ErrorRate')).toBe('ALARM');
  });
});

describe('Throttles', () => {
  const meet = async (code: string, times: number) => {
    const { world } = watched;
    await welcomed(world, operator1, { name: 'A' });
    for (let i = 0; i < times; i++) {
      world.tap.fail('connections.get', { error: new DependencyUnavailable('DynamoDB', code, undefined) });
      await message('listRobots', {});
    }
  };

  it('rings when a table throttles three times', async () => {
    await meet('ThrottlingException', 3);
    expect(watched.stateOf('Throttles')).toBe('ALARM');
  });

  it('rings when functions are throttled, which they cannot tell themselves', () => {
    watched.aws('Throttles', 3);
    expect(watched.stateOf('Throttles')).toBe('ALARM');
  });

  it('is quiet for twice, and for other failures', async () => {
    await meet('ThrottlingException', 2);
    await meet('TimeoutError', 5);
    expect(watched.stateOf('Throttles')).toBe('OK');
  });
});

describe('ConnectRate', () => {
  /** Handshakes of a minute, of which API Gateway counts each that it brings to the route. */
  const handshakes = async (count: number) => {
    const gateway = api(watched.world);
    for (let i = 0; i < count; i++) {
      watched.aws('ConnectCount');
      await gateway(connectEvent({}, `socket-${i}`));
    }
  };

  it('rings at 400 a second', async () => {
    await handshakes(1_000);
    expect(watched.stateOf('ConnectRate', { afterMs: 1 })).toBe('OK');
    watched.aws('ConnectCount', 23_000);
    expect(watched.stateOf('ConnectRate', { afterMs: 1 })).toBe('ALARM');
  });
});

describe('FleetSilent', () => {
  const count = () => countRobots(watched.world.deps, { endBy: watched.world.clock.at + 1 });

  it('is quiet while no robot was ever here', async () => {
    await count();
    expect(watched.stateOf('FleetSilent')).toBe('OK');
  });

  it('rings when all robots are away', async () => {
    const { world } = watched;
    const robot = await welcomed(world, rover1);
    watched.aws('MessageCount');
    await disconnect(world.deps, robot);
    await count();
    expect(watched.stateOf('FleetSilent')).toBe('ALARM');
  });

  it('rings when they are there and say nothing; one that does is enough', async () => {
    await connected(watched.world, rover1, { name: 'A' });
    await hello(watched.world, {
      connectionId: (await connected(watched.world, rover1, { name: 'B' })).connectionId,
      endpoint: 'x',
    });
    await count();
    expect(watched.stateOf('FleetSilent')).toBe('ALARM');
    watched.aws('MessageCount');
    expect(watched.stateOf('FleetSilent')).toBe('OK');
  });
});

describe('what the log costs', () => {
  it('signals write nothing at all: neither a line nor a metric', async () => {
    const { world } = watched;
    await welcomed(world, rover1, { name: 'robot' });
    await welcomed(world, operator1, { name: 'A' });
    const result = await message('openSession', { robotId: 'rover-1', mode: 'control' });
    const { sessionId } = JSON.parse(result.body ?? '{}');
    const before = watched.lines.length;
    for (let seq = 1; seq <= 50; seq++) {
      const sent = await message('signal', {
        sessionId,
        robotId: 'rover-1',
        seq,
        kind: 'candidate',
        data: 'c',
      });
      expect(sent).toEqual({ statusCode: 200 });
    }
    expect(watched.lines).toHaveLength(before);
  });
});

describe('every alarm', () => {
  it('was provoked above, and was seen to be silent', () => {
    expect([...rung].sort()).toEqual(alarmNames);
    expect([...silent].sort()).toEqual(alarmNames);
  });
});
