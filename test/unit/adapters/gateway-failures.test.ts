import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { gatewayUnavailable } from '../../../functions/adapters/api-gateway/gateway-unavailable.ts';
import { tellsGone } from '../../../functions/adapters/api-gateway/tells-gone.ts';

describe('tellsGone', () => {
  it.each([
    [{ name: 'GoneException' }, true],
    [{ name: 'GoneException', $metadata: { httpStatusCode: 410 } }, true],
    [{ name: 'Unknown', $metadata: { httpStatusCode: 410 } }, true],
    [{ name: 'SyntaxError', $metadata: { httpStatusCode: 410 } }, true],
    [{ name: 'LimitExceededException', $metadata: { httpStatusCode: 429 } }, false],
    [{ name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } }, false],
    [{ name: 'TimeoutError' }, false],
    [{ name: 'Error', message: '410 Gone GoneException' }, false],
    ['GoneException', false],
    [410, false],
    [null, false],
    [undefined, false],
  ])('%o: %s', (failure, gone) => {
    expect(tellsGone(failure)).toBe(gone);
  });
});

describe('gatewayUnavailable', () => {
  it.each([
    [
      'a name of the service',
      { name: 'LimitExceededException', $metadata: { httpStatusCode: 429 } },
      'LimitExceededException',
    ],
    ['a name that says nothing', { name: 'Unknown', $metadata: { httpStatusCode: 503 } }, 'Http503'],
    ['no answer', { name: 'AggregateError', code: 'ECONNREFUSED' }, 'ECONNREFUSED'],
    ['our own deadline', { name: 'AbortError' }, 'TimeoutError'],
    ['nothing at all', undefined, 'Error'],
    ['a text', 'boom', 'Error'],
  ])('names %s', (_what, failure, code) => {
    expect(gatewayUnavailable(failure).code).toBe(code);
  });

  it('I9: takes no text over that is not a name, a status or an id', () => {
    const secret = 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln';
    const failure = {
      name: secret,
      message: secret,
      code: secret,
      $metadata: { httpStatusCode: secret, requestId: secret, attempts: secret },
      $response: { body: secret },
    };
    expect(inspect(gatewayUnavailable(failure), { depth: 12, showHidden: true })).not.toContain('eyJ');
  });
});
