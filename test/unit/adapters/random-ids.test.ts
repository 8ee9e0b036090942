import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomIds } from '../../../functions/adapters/runtime/random-ids.ts';
import { systemClock } from '../../../functions/adapters/runtime/system-clock.ts';
import { clientId, connectionId, robotId } from '../../../protocol/ids.ts';

const idForm = /^[A-Za-z0-9_-]{22}$/;
const of = (client: string, robot: string, requestId: string | undefined) =>
  randomIds.sessionId({ clientId: clientId.parse(client), robotId: robotId.parse(robot), requestId });

describe('randomIds', () => {
  it('finds the same client id again for the same connection, and another for another', () => {
    const clientOf = (connection: string) => randomIds.clientId(connectionId.parse(connection));
    const ids = Array.from({ length: 1000 }, (_, i) => clientOf(`LrP3Fc-${i}=`));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(idForm);
    expect(clientOf('LrP3Fc-0=')).toBe(ids[0]);
    // Fixed for ever, as below.
    expect(clientOf('LrP3Fc-lPHcCJ1g=')).toMatchInlineSnapshot(`"YSuohOGLgEdq7xuEa6tKFl"`);
  });

  it('makes a new session id each time when there is no requestId', () => {
    const ids = Array.from({ length: 1000 }, () => of('c', 'r', undefined));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(idForm);
  });

  it('finds the same session id again for the same client, robot and request', () => {
    expect(of('c', 'r', 'q')).toBe(of('c', 'r', 'q'));
    expect(of('c', 'r', 'q')).toMatch(idForm);
    // Fixed for ever: a Lambda of the next version must answer the retry of a request that this one took.
    expect(of('client', 'rover-1', 'request-1')).toMatchInlineSnapshot(`"GhHcj3sOQFROhR75Ed2wf9"`);
  });

  it('differs for another client, robot or request, wherever the one ends and the other begins', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (a, b) => {
        const isSame = a.every((part, i) => part === b[i]);
        expect(of(...a) === of(...b)).toBe(isSame);
      }),
    );
    expect(of('ab', 'c', 'd')).not.toBe(of('a', 'bc', 'd'));
    expect(of('a', 'b1:', 'c')).not.toBe(of('a', 'b', '1:c'));
    expect(of('1:a', 'b', 'c')).not.toBe(of('a', '1:b', 'c'));
  });
});

describe('systemClock', () => {
  it('tells Unix milliseconds', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });
});
