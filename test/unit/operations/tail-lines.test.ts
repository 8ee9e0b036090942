import { describe, expect, it } from 'vitest';
import { powertoolsLifeLog } from '../../../functions/adapters/powertools/life-log.ts';
import { passes, readLine } from '../../../ops/commands/tail.ts';
import { captureOutput } from '../adapters/support/captured-output.ts';
import { c, events } from '../adapters/support/life-events.ts';

/** As the functions write them. */
function written(): string[] {
  const output = captureOutput();
  const log = powertoolsLifeLog();
  for (const event of [events.connected, events.token_expired, events.fault, events.message_refused])
    log.note(event);
  output.release();
  return output.lines();
}

describe('lines of the log', () => {
  const read = written().flatMap((text) => readLine(text) ?? []);

  it('each change of life is read once, metrics are left out but for refusals', () => {
    expect(read.map(({ event, level }) => `${level} ${event}`)).toEqual([
      'info connected',
      'warn token_expired',
      'error fault',
      'refused message_refused',
    ]);
    expect(read[0]?.fields).toMatchObject({ c, k: 'client', via: 'subprotocol' });
    expect(read[0]?.fields).not.toHaveProperty('service');
    expect(read[3]?.fields).toEqual({ c, code: 'robot_offline' });
  });

  it.each([
    [{}, ['connected', 'token_expired', 'fault']],
    [{ level: 'warn' as const }, ['token_expired', 'fault']],
    [{ refused: true, level: 'error' as const }, ['fault', 'message_refused']],
    [{ connection: c }, ['connected', 'token_expired']],
    [{ robot: 'rover-1' }, []],
  ])('%o', (filter, expected) => {
    expect(read.filter((line) => passes(line, filter)).map(({ event }) => event)).toEqual(expected);
  });

  it.each(['START RequestId: 8f5', '', 'null', '{"a":1}', '{'])('%j is no line of a life', (text) => {
    expect(readLine(text)).toBeUndefined();
  });

  it('what Lambda writes before a line does not hide it', () => {
    expect(readLine(`2026-11-21T15:00:00.000Z\tabc\tINFO\t${written()[0]}`)?.event).toBe('connected');
  });
});
