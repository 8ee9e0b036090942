import { describe, expect, it } from 'vitest';
import { acceptedSubprotocol, credentialsOf, type Handshake } from '../../../functions/core/credentials.ts';

const authorization = 'Bearer from-header';
const subprotocols = 'heliograph.v1, bearer.from-subprotocol';

function handshake(headers: Record<string, string> = {}, ...queryTokens: string[]): Handshake {
  return { headers, queryTokens };
}

const offering = (header: string) => handshake({ 'sec-websocket-protocol': header });
const read = (of: Handshake, queryToken = true) => credentialsOf(of, { queryToken });
const malformed = { found: false, reason: 'malformed' };

describe('the three carriers of a token, in their order', () => {
  it.each([
    ['header', handshake({ authorization, 'sec-websocket-protocol': subprotocols }, 'from-query')],
    ['subprotocol', handshake({ 'sec-websocket-protocol': subprotocols }, 'from-query')],
    ['query', handshake({ 'sec-websocket-protocol': 'heliograph.v1' }, 'from-query')],
  ])('takes the %s before those after it', (carrier, of) => {
    expect(read(of)).toEqual({ found: true, token: `from-${carrier}`, carrier });
  });

  it('finds none where there is none', () => {
    expect(read(handshake())).toEqual({ found: false, reason: 'absent' });
    expect(read(offering('heliograph.v1'))).toEqual({ found: false, reason: 'absent' });
  });

  it('says that tokens in the URL are off, and does not read them', () => {
    expect(read(handshake({}, 'from-query'), false)).toEqual({ found: false, reason: 'query_token_off' });
    expect(read(handshake(), false)).toEqual({ found: false, reason: 'absent' });
  });

  it('does not mind a token in the URL, on or off, when the header carries one', () => {
    expect(read(handshake({ authorization }, 'from-query'), false)).toMatchObject({ carrier: 'header' });
  });
});

describe('the Authorization header', () => {
  it.each(['bearer t', 'BEARER t', 'Bearer    t', '  Bearer t  '])('reads %j', (given) => {
    expect(read(handshake({ authorization: given }))).toEqual({ found: true, token: 't', carrier: 'header' });
  });

  it.each(['', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearer a, Bearer b', 'Basic dTpw', 't', 'BearerX t'])(
    'cannot read %j',
    (given) => {
      expect(read(handshake({ authorization: given }))).toEqual(malformed);
    },
  );

  it('is not made good by a token elsewhere', () => {
    const of = handshake({ authorization: 'Basic dTpw', 'sec-websocket-protocol': subprotocols }, 'q');
    expect(read(of)).toEqual(malformed);
  });
});

describe('the subprotocols', () => {
  it.each(['bearer.t,heliograph.v1', ' heliograph.v1 ,  bearer.t ', 'heliograph.v1,graphql-ws,bearer.t,'])(
    'reads %j',
    (given) => {
      expect(read(offering(given))).toEqual({ found: true, token: 't', carrier: 'subprotocol' });
    },
  );

  it('keeps dots within the token', () => {
    expect(read(offering('heliograph.v1, bearer.a.b.c'))).toMatchObject({ token: 'a.b.c' });
  });

  it.each([
    ['a bearer without our subprotocol', 'bearer.t'],
    ['a bearer with another version', 'heliograph.v2, bearer.t'],
    ['two bearers', 'heliograph.v1, bearer.a, bearer.b'],
    ['the same bearer twice', 'heliograph.v1, bearer.a, bearer.a'],
    ['an empty bearer', 'heliograph.v1, bearer.'],
  ])('cannot read %s, nor is it made good by the URL', (_what, given) => {
    expect(read(offering(given))).toEqual(malformed);
    expect(read({ ...offering(given), queryTokens: ['q'] })).toEqual(malformed);
  });

  it('echoes ours alone, and only if it was offered', () => {
    expect(acceptedSubprotocol(offering('bearer.t, heliograph.v1'))).toBe('heliograph.v1');
    expect(acceptedSubprotocol(offering('bearer.t, graphql-ws'))).toBeUndefined();
    expect(acceptedSubprotocol(handshake())).toBeUndefined();
  });
});

describe('the query', () => {
  it.each([[['']], [['a', 'b']], [['a', 'a']]])('cannot read %j', (given) => {
    expect(read(handshake({}, ...given))).toEqual(malformed);
  });
});
