import { setTimeout as pause } from 'node:timers/promises';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import { clientsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking } from '../failure.ts';

/** One event of a life, as a function wrote it. */
export type LifeLine = {
  readonly at: number;
  readonly level: string;
  readonly event: string;
  /** Ids and numbers by their short keys; see docs/metrics.md. */
  readonly fields: Readonly<Record<string, string | number>>;
};

export type TailFilter = {
  readonly robot?: string | undefined;
  readonly connection?: string | undefined;
  readonly session?: string | undefined;
  /** Least level. */
  readonly level?: 'info' | 'warn' | 'error' | undefined;
  /** Refused messages too, which have no line but a metric. */
  readonly refused?: boolean | undefined;
};

const scalar = z.union([z.string(), z.number()]);
const logLine = z.looseObject({ level: z.string(), message: z.string(), timestamp: z.string() });
const refusedLine = z.looseObject({
  _aws: z.object({ Timestamp: z.number() }),
  c: z.string(),
  code: z.string(),
});

/** Not of the life, but of whoever wrote it. */
const noise = ['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id', '_aws'];

/** Undefined for a line that tells of no life: the platform's own, and metrics. */
export function readLine(text: string): LifeLine | undefined {
  const json = jsonOf(text);
  const line = logLine.safeParse(json);
  if (line.success) {
    const { level, message: event, timestamp } = line.data;
    return { at: Date.parse(timestamp), level: level.toLowerCase(), event, fields: fieldsOf(line.data) };
  }
  const refused = refusedLine.safeParse(json);
  if (!refused.success) return undefined;
  const { _aws, c, code } = refused.data;
  const event = 'TokenRefreshRefused' in refused.data ? 'refresh_refused' : 'message_refused';
  return { at: _aws.Timestamp, level: 'refused', event, fields: { c, code } };
}

function fieldsOf(line: Readonly<Record<string, unknown>>): LifeLine['fields'] {
  return Object.fromEntries(
    Object.entries(line).flatMap(([key, value]) => {
      const parsed = scalar.safeParse(value);
      return noise.includes(key) || !parsed.success ? [] : [[key, parsed.data]];
    }),
  );
}

function jsonOf(text: string): unknown {
  // Lambda may write the time and the request before what a function wrote.
  const start = text.indexOf('{');
  try {
    return start < 0 ? undefined : JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
}

const levels = ['info', 'warn', 'error'];

export function passes({ level, fields }: LifeLine, filter: TailFilter): boolean {
  if (level === 'refused') {
    if (filter.refused !== true) return false;
  } else if (levels.indexOf(level) < levels.indexOf(filter.level ?? 'info')) return false;
  const wanted = { r: filter.robot, c: filter.connection, s: filter.session };
  return Object.entries(wanted).every(([key, value]) => value === undefined || fields[key] === value);
}

export type Tail = {
  readonly filter: TailFilter;
  /** Unix ms. */
  readonly since: number;
  readonly follow: boolean;
  readonly stop: AbortSignal;
  readonly onLine: (line: LifeLine) => void;
};

/** Lines in their order, from `since` on; goes on until stopped where it is to follow. Reads only. @throws {OperationFailed} */
export async function tail(deployment: Deployment, of: Tail): Promise<void> {
  const show = (text: string): void => {
    const line = readLine(text);
    if (line !== undefined && line.at >= of.since && passes(line, of.filter)) of.onLine(line);
  };
  if (deployment.eventsUrl !== undefined) await tailLocal(deployment.eventsUrl, of, show);
  else await tailCloudWatch(deployment, of, show);
}

async function tailLocal(
  eventsUrl: string,
  { follow, stop }: Tail,
  show: (text: string) => void,
): Promise<void> {
  const url = new URL(eventsUrl);
  if (follow) url.searchParams.set('follow', '1');
  await asking({ action: 'GET /events', endpoint: url.origin }, async () => {
    const response = await fetch(url, { signal: stop });
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) show(line);
    }
  }).catch((failure: unknown) => {
    if (!stop.aborted) throw failure;
  });
}

const pollMs = 2_000;
/** Lines arrive in CloudWatch seconds after they were written, and not in order. */
const lateMs = 20_000;

async function tailCloudWatch(deployment: Deployment, of: Tail, show: (text: string) => void): Promise<void> {
  const client = clientsOf(deployment).logs();
  const groups = Object.values(deployment.managed?.logGroupNames ?? {});
  const seen = new Set<string>();
  let from = of.since;
  do {
    const events = (await Promise.all(groups.map((group) => eventsOf(group, from)))).flat();
    for (const { id, text } of events.sort((a, b) => a.at - b.at)) {
      if (!seen.has(id)) show(text);
      seen.add(id);
    }
    from = Math.max(of.since, Date.now() - lateMs - pollMs);
    if (of.follow && !of.stop.aborted)
      await pause(pollMs, undefined, { signal: of.stop }).catch(() => undefined);
  } while (of.follow && !of.stop.aborted);

  async function eventsOf(logGroupName: string, startTime: number) {
    const found: { at: number; id: string; text: string }[] = [];
    let nextToken: string | undefined;
    do {
      const page = await asking({ action: 'logs:FilterLogEvents', endpoint: deployment.identity }, () =>
        client.send(
          new FilterLogEventsCommand({
            logGroupName,
            startTime,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        ),
      );
      for (const [i, { timestamp = 0, eventId, message = '' }] of (page.events ?? []).entries()) {
        found.push({
          at: timestamp,
          id: eventId ?? `${logGroupName} ${timestamp} ${i} ${message}`,
          text: message,
        });
      }
      nextToken = page.nextToken === nextToken ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    return found;
  }
}
