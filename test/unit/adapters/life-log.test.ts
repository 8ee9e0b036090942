import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { powertoolsLifeLog } from '../../../functions/adapters/powertools/life-log.ts';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import type { LifeEvent } from '../../../functions/core/ports/life-log.ts';
import { telemetryService } from '../../../functions/environment-names.ts';
import { lifeMetrics } from '../../../functions/metric-names.ts';
import { closeReasonNames } from '../../../protocol/close-reasons.ts';
import { errorCodeNames } from '../../../protocol/error-codes.ts';
import { clientId, connectionId, sessionId } from '../../../protocol/ids.ts';
import { captureOutput } from './support/captured-output.ts';
import { c, events } from './support/life-events.ts';

const token =
  'eyJraWQiOiJhYmMiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwidXNlcm5hbWUiOiJyb3Zlci0xIn0.c2lnbmF0dXJl-c2ln';

const logLine = z.object({
  level: z.enum(['INFO', 'WARN', 'ERROR']),
  message: z.string(),
  service: z.literal(telemetryService),
  timestamp: z.string(),
});
const logLines = logLine.catchall(z.union([z.string(), z.number(), z.null()]));
const metricLine = z.looseObject({
  service: z.literal(telemetryService),
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.literal(telemetryService),
        Dimensions: z.tuple([z.array(z.string())]),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ]),
  }),
});

let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  // As in Lambda, where each line names the trace.
  vi.stubEnv(
    '_X_AMZN_TRACE_ID',
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
  );
  output = captureOutput();
});
afterEach(() => {
  output.release();
  vi.unstubAllEnvs();
});

/** What one log makes of the events, apart. */
function told(...given: readonly LifeEvent[]) {
  const log = powertoolsLifeLog();
  for (const event of given) log.note(event);
  output.release();
  const all = output.lines();
  const isMetric = (line: string) => line.startsWith('{"_aws"');
  return {
    all,
    logs: all.filter((line) => !isMetric(line)).map((line) => logLines.parse(JSON.parse(line))),
    metrics: all.filter(isMetric).map((line) => metricLine.parse(JSON.parse(line))),
  };
}

/** Its type is that of another example, its metric is not. */
const refreshRefused = { ...events.message_refused, action: 'refreshToken', code: 'token_invalid' } as const;

/** Of a type that has an example above, with metrics of their own. */
const more: readonly LifeEvent[] = [
  refreshRefused,
  { ...events.welcomed, resume: 'kept' },
  { ...events.welcomed, kind: 'client', resume: 'lost' },
  { ...events.posts_failed, why: 'throttled' },
  { ...events.disconnected, kind: 'robot', how: 'expired' },
];

const examples: readonly LifeEvent[] = [...Object.values(events), ...more];
const each = examples.map((event): [string, LifeEvent] => [event.type, event]);

describe('every event', () => {
  it.each(each)('%s: at most one log line and one line of metrics, each JSON', (_type, event) => {
    const { logs, metrics } = told(event);
    expect(logs.length).toBeLessThanOrEqual(1);
    expect(metrics).toHaveLength(1);
    if (logs[0] !== undefined) expect(logs[0].message).toBe(event.type);
  });

  it.each(each)('%s: a log line of less than 300 bytes', (_type, event) => {
    for (const line of told(event).all) {
      if (!line.startsWith('{"_aws"')) expect(Buffer.byteLength(line)).toBeLessThan(300);
    }
  });

  it.each(each)('%s: metrics that are known, with their unit and dimension', (_type, event) => {
    const [line] = told(event).metrics;
    const definition = line?._aws.CloudWatchMetrics[0];
    const known = new Map(Object.entries(lifeMetrics));
    for (const { Name, Unit } of definition?.Metrics ?? []) {
      const metric = known.get(Name);
      expect(metric?.unit).toBe(Unit);
      const dimensions = metric?.dimension === undefined ? ['service'] : ['service', metric.dimension];
      expect(definition?.Dimensions).toEqual([dimensions]);
      expect(line?.[Name]).toBeTypeOf('number');
      for (const dimension of dimensions) expect(line?.[dimension]).toBeTypeOf('string');
    }
  });

  it('together they use every metric there is', () => {
    const { metrics } = told(...examples);
    const used = metrics.flatMap((line) => line._aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name));
    expect(new Set(used)).toEqual(new Set(Object.keys(lifeMetrics)));
  });

  it('leaves nothing behind for the next: no dimension, no metric, no connection', () => {
    const { metrics } = told(events.message_refused, events.refreshed);
    expect(metrics[1]).toMatchObject({ TokenRefreshed: 1 });
    expect(metrics[1]).not.toHaveProperty('code');
    expect(metrics[1]).not.toHaveProperty('c');
    expect(metrics[1]).not.toHaveProperty('MessageRefused');
  });
});

describe('levels', () => {
  const levelOf = (event: LifeEvent) => told(event).logs[0]?.level;

  it.each([
    ['a fault', events.fault, 'ERROR'],
    ['a dependency that fails', events.dependency_unavailable, 'WARN'],
    ['a claim given back', events.claim_given_back, 'WARN'],
    ['a client given back', events.client_given_back, 'WARN'],
    ['two devices that take themselves for one robot (F8)', events.identity_contested, 'WARN'],
    ['a change of control', events.control_changed, 'INFO'],
    ['an expiry that ended a connection (F15)', { ...events.disconnected, how: 'expired' as const }, 'WARN'],
    ['a disconnect', events.disconnected, 'INFO'],
    ['a token that ran out on an open connection', events.token_expired, 'WARN'],
    ['a warning of that', events.token_expiring, 'INFO'],
    ['a roll-over', events.rolling_over, 'INFO'],
    ['a revocation (F13)', events.revoked, 'WARN'],
    ['a token whose life is not the policy’s (F1)', events.token_lifetime_mismatch, 'WARN'],
    ['a refused connection that is known', { ...events.connect_refused, status: 403 }, 'WARN'],
    ['a connection that could not be decided on', events.connect_refused, 'WARN'],
    ['a cleanup that failed at something', { ...events.cleanup_done, failed: 1 }, 'WARN'],
    ['a cleanup that did not come to its end', { ...events.cleanup_done, more: true }, 'WARN'],
    ['a cleanup that had work', events.cleanup_done, 'INFO'],
  ])('%s: %o is %s', (_what, event, level) => {
    expect(levelOf(event)).toBe(level);
  });

  it('no line for what anybody can cause at will, and for what did nothing: only a count', () => {
    // Sockets that were asked after and are there, as most are, are nothing.
    const nothing = { ...events.cleanup_done, closed: 0, announced: 0, robotsOffline: 0, sessionsEnded: 0 };
    const { logs, metrics } = told(
      events.message_refused,
      refreshRefused,
      { type: 'connect_refused', status: 401, reason: 'invalid' },
      nothing,
    );
    expect(logs).toEqual([]);
    expect(metrics).toHaveLength(4);
  });
});

describe('what is in the lines', () => {
  it('a connection', () => {
    const { logs, metrics } = told(events.connected);
    expect(logs[0]).toMatchObject({
      c,
      k: 'client',
      via: 'subprotocol',
      exp: events.connected.tokenExpiresAt,
      left: 14_400_000,
    });
    expect(metrics[0]).toMatchObject({ kind: 'client', Connected: 1, TokenRemainingAtConnect: 14_400_000 });
  });

  it('a disconnect tells the life of the connection and what was left of its token', () => {
    const { metrics } = told({ ...events.disconnected, how: 'expired' });
    expect(metrics[0]).toMatchObject({
      how: 'expired',
      Disconnected: 1,
      ConnectionLifetime: 6_600_000,
      TokenRemainingAtDisconnect: -60_000,
      RefreshesOfConnection: 2,
    });
  });

  it('F15: a refused refresh is counted apart from other refusals, by its code', () => {
    const { metrics } = told(refreshRefused);
    expect(metrics[0]).toMatchObject({ code: 'token_invalid', c, TokenRefreshRefused: 1 });
    expect(metrics[0]).not.toHaveProperty('MessageRefused');
  });

  it('F13: a revocation tells what it was and how many connections it closed', () => {
    const { logs, metrics } = told({ ...events.revoked, how: 'regrouped' });
    expect(logs[0]).toMatchObject({ p: events.revoked.principalId, how: 'regrouped', closed: 2 });
    expect(metrics[0]).toMatchObject({ how: 'regrouped', Revoked: 1, RevokedConnections: 2 });
  });

  it('a change of control tells the robot, who has it now, and its age; freed, nobody', () => {
    const { sessionId, ...freed } = events.control_changed;
    const { logs, metrics } = told(events.control_changed, freed);
    expect(logs[0]).toMatchObject({ r: freed.robotId, s: sessionId, lease: 7 });
    expect(logs[1]).toMatchObject({ r: freed.robotId, lease: 7 });
    expect(logs[1]).not.toHaveProperty('s');
    expect(metrics.map((line) => line.ControlChanged)).toEqual([1, 1]);
  });

  it('F8: a contested identity is counted, and tells which robot and which connection', () => {
    const { logs, metrics } = told(events.identity_contested);
    expect(logs[0]).toMatchObject({ r: events.identity_contested.robotId, c });
    expect(metrics[0]).toMatchObject({ IdentityContested: 1 });
  });

  it('a client that was given back is counted with the claims that were', () => {
    const { logs, metrics } = told(events.client_given_back, events.claim_given_back);
    expect(logs[0]).toMatchObject({ cl: events.client_given_back.clientId, c });
    expect(metrics.map((line) => line.ClaimGivenBack)).toEqual([1, 1]);
  });

  it('F15: a robot that is closed by grace is counted apart from people, whose laptops sleep', () => {
    const closed = { ...events.disconnected, how: 'expired' } as const;
    const { metrics } = told({ ...closed, kind: 'robot' }, { ...closed, kind: 'client' });
    expect(metrics[0]).toMatchObject({ how: 'expired', Disconnected: 1, RobotClosedByGrace: 1 });
    expect(metrics[1]).not.toHaveProperty('RobotClosedByGrace');
  });

  it.each([
    ['LimitExceededException', true],
    ['ProvisionedThroughputExceededException', true],
    ['ThrottlingException', true],
    ['RequestLimitExceeded', true],
    ['TooManyRequestsException', true],
    ['Http429', true],
    ['TimeoutError', false],
    ['InternalServerError', false],
    ['Http503', false],
  ])('a dependency that fails with %s is a throttle: %s', (code, throttled) => {
    const { metrics } = told({ ...events.dependency_unavailable, code });
    expect(metrics[0]).toMatchObject({ DependencyUnavailable: 1 });
    expect(Object.hasOwn(metrics[0] ?? {}, 'Throttled')).toBe(throttled);
  });

  it('whoever asked for its sessions of before is counted by whether it had them', () => {
    const { logs, metrics } = told(
      { ...events.welcomed, resume: 'kept' },
      { ...events.welcomed, resume: 'lost' },
      events.welcomed,
    );
    expect(logs.map(({ resume }) => resume)).toEqual(['kept', 'lost', undefined]);
    expect(metrics.map(({ ResumeKept, ResumeLost }) => [ResumeKept, ResumeLost])).toEqual([
      [1, undefined],
      [undefined, 1],
      [undefined, undefined],
    ]);
  });

  it('posts that failed and robots are numbers without a line', () => {
    const { logs, metrics } = told(events.posts_failed, events.robots_counted);
    expect(logs).toEqual([]);
    expect(metrics[0]).toMatchObject({ PostGone: 3 });
    expect(metrics[1]).toMatchObject({ RobotsOnline: 7, RobotsAway: 1, RobotsKnown: 9 });
  });

  it('the deployments of one account are told apart by the dimension that all metrics have', () => {
    const log = powertoolsLifeLog({ service: 'heliograph-prod' });
    log.note(events.refreshed);
    output.release();
    const [, line = ''] = output.lines();
    expect(JSON.parse(line)).toMatchObject({ service: 'heliograph-prod', TokenRefreshed: 1 });
  });

  it('a cleanup counts what it did by what it did, and how late it was', () => {
    const { logs, metrics } = told({ ...events.cleanup_done, failed: 6, more: true });
    expect(logs[0]).toMatchObject({ said: 4, checked: 5, lag: 1_200 });
    expect(metrics[0]).toMatchObject({
      CleanupRan: 1,
      CleanupClosed: 3,
      CleanupAnnounced: 4,
      CleanupChecked: 5,
      CleanupRobotsOffline: 1,
      CleanupSessionsEnded: 2,
      CleanupFailed: 6,
      CleanupBehind: 1,
      CleanupLag: 1_200,
      CleanupTook: 180,
    });
  });

  it('a refused message tells code and connection, not the action, which is text from outside', () => {
    const { all, metrics } = told({ ...events.message_refused, action: 'drop table' });
    expect(metrics[0]).toMatchObject({ code: 'robot_offline', c, MessageRefused: 1 });
    expect(all.join()).not.toContain('drop table');
  });

  it.each(errorCodeNames)('error code %s is a value of the dimension as it is', (code) => {
    expect(told({ ...events.message_refused, code }).metrics[0]).toMatchObject({ code });
  });

  it.each(closeReasonNames)('close reason %s is a value of the dimension as it is', (reason) => {
    expect(told({ ...events.session_closed, reason }).metrics[0]).toMatchObject({ reason });
  });

  it('a fault shows where, not what', () => {
    const error = new TypeError(`cannot read ${token}\n    of rover at home`);
    const { logs } = told({ ...events.fault, ...(error.stack !== undefined && { stack: error.stack }) });
    expect(logs[0]?.stack).toMatch(/^at .*life-log\.test\.ts:\d+:\d+\)?/);
    expect(logs[0]?.stack).not.toContain('rover at home');
  });

  it('a number that is none is left out, and nothing is thrown', () => {
    const { metrics } = told({ ...events.disconnected, tokenRemainingMs: Number.NaN });
    expect(metrics[0]).toMatchObject({ Disconnected: 1 });
    expect(metrics[0]).not.toHaveProperty('TokenRemainingAtDisconnect');
  });
});

describe('I9: what is never in the lines', () => {
  const smuggled = new DependencyUnavailable('@connections', token, new Error(`Bearer ${token}`));
  const stacks = [
    smuggled.stack ?? '',
    `${smuggled.stack}\n${new Error(token, { cause: smuggled }).stack}`,
    `Error: x\n    at ${token} (file.ts:1:1)\n    at read (${token}:1:1)\n    at ${token}:1:1`,
  ];

  it.each(stacks)('a token in a stack: %#', (stack) => {
    expect(told({ ...events.fault, name: smuggled.name, stack }).all.join()).not.toContain('eyJ');
  });

  it('a token in any text that an event can hold', () => {
    const tainted = examples.map((event): LifeEvent => {
      const texts = Object.entries(event).filter(
        ([key, value]) => key !== 'type' && typeof value === 'string',
      );
      return { ...event, ...Object.fromEntries(texts.map(([key]) => [key, token])) };
    });
    const { all } = told(...tainted, { ...events.welcomed, clientId: clientId.parse(token.slice(0, 64)) });
    expect(all.length).toBeGreaterThan(tainted.length);
    expect(all.join()).not.toContain('eyJ');
  });

  it('fields of an event that the port does not know', () => {
    const more = { ...events.refreshed, token, cause: smuggled, event: { body: 'v=0 ice-pwd:x' } };
    const text = told(more).all.join();
    expect(text).not.toContain('eyJ');
    expect(text).not.toContain('ice-pwd');
  });

  it('the Lambda event and the environment, also when Powertools is told to print them', () => {
    vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
    vi.stubEnv('HELIOGRAPH_SECRET_FOR_TEST', 'do-not-print-me');
    vi.stubEnv('ENVIRONMENT', 'do-not-print-me');
    expect(told(...Object.values(events)).all.join()).not.toContain('do-not-print-me');
  });

  it('ids of ours are never taken for a token', () => {
    const lucky = connectionId.parse('eyJM9cOFvHcCIhw=');
    const session = sessionId.parse('eyJn0c9Y6XyQm1bq3dE4fA');
    const { logs } = told(
      { ...events.connected, connectionId: lucky },
      { ...events.session_opened, sessionId: session },
    );
    expect(logs[0]?.c).toBe(lucky);
    expect(logs[1]?.s).toBe(session);
  });
});
