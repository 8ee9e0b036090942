import fc from 'fast-check';
import { forge, signingKey } from '../../../unit/adapters/support/token-issuer.ts';
import { t0 } from '../../../unit/core/support/world.ts';
import { users } from './people.ts';
import { key, tokens } from './run.ts';
import { claimsOf, signed } from './tokens.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A handshake, and what its token says if the pool has signed it. */
export type HandshakeInput = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly token: string;
  readonly genuine: { readonly header: Fields; readonly claims: Fields } | undefined;
  readonly keyId: unknown;
};

const stranger = signingKey('current');
const now = t0 / 1000;
const left = Symbol('left out');

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    left,
    null,
    '',
    0,
    -1,
    true,
    [],
    {},
    'rover-1',
    'admins',
    ['admins'],
    ['robots', 'admins'],
    'access',
    'id',
    'refresh',
    'robots-client',
    now,
    now + 3_600,
    now + 0.5,
    now - 1,
    String(now + 3_600),
    1e300,
    '__proto__',
    '\ud800',
    'x'.repeat(129),
    'x'.repeat(9_000),
    'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another',
    'http://127.0.0.1:1/jwks',
    '../../../../etc/passwd',
  ),
  fc.jsonValue(),
);
const claimNames = fc.constantFrom(
  'sub',
  'iss',
  'client_id',
  'aud',
  'token_use',
  'username',
  'cognito:username',
  'cognito:groups',
  'exp',
  'iat',
  'nbf',
  'auth_time',
  'origin_jti',
  '__proto__',
);
const headerNames = fc.constantFrom(
  'alg',
  'kid',
  'typ',
  'crit',
  'jku',
  'jwk',
  'x5u',
  'x5c',
  'cty',
  'b64',
  'zip',
);

const changedBy = (fields: Fields, changes: readonly (readonly [string, unknown])[]): Fields => {
  const all = { ...fields, ...Object.fromEntries(changes) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== left));
};
const changes = (names: fc.Arbitrary<string>) => fc.array(fc.tuple(names, odd), { maxLength: 2 });

const regrouped = fc
  .subarray(['robots', 'admins', 'operators', 'viewers', 'fleet:demo', 'Admins', '__proto__', ''])
  .map((groups): [string, unknown][] => [['cognito:groups', groups]]);

/** The edges of every moment that is compared with another. */
const retimed = fc
  .tuple(
    fc.constantFrom('exp', 'iat', 'nbf', 'auth_time'),
    fc.constantFrom<unknown>(0, now - 1, now - 0.001, now, now + 0.001, now + 30, now + 31, String(now + 60)),
  )
  .map((change) => [change]);

const spoilt: fc.Arbitrary<(token: string) => string> = fc.oneof(
  fc.nat(2_000).map((at) => (token: string) => token.slice(0, at % token.length)),
  fc.tuple(fc.nat(2_000), fc.string({ minLength: 1, maxLength: 2, unit: 'binary-ascii' })).map(
    ([at, text]) =>
      (token: string) =>
        `${token.slice(0, at % token.length)}${text}${token.slice((at % token.length) + 1)}`,
  ),
  fc.constantFrom(
    (token: string) => `${token}=`,
    (token: string) => `${token}.`,
    (token: string) => `${token}.${token}`,
    (token: string) => token.replace('.', '=.'),
    (token: string) => token.split('.').slice(0, 2).join('.'),
    (token: string) => `${token.split('.').slice(0, 2).join('.')}.`,
    (token: string) => token.toUpperCase(),
    (token: string) => `${token}${'A'.repeat(20_000)}`,
  ),
);

type Token = Pick<HandshakeInput, 'token' | 'genuine' | 'keyId'>;

/** As a verifier reads it: a torn header may name another key. */
function keyIdIn(given: string): unknown {
  try {
    return Object(JSON.parse(Buffer.from(given.split('.')[0] ?? '', 'base64url').toString())).kid;
  } catch {
    return undefined;
  }
}

/** Three kinds: signed by the pool whatever they say, signed by somebody else, and torn. */
const token: fc.Arbitrary<Token> = fc
  .record({
    who: fc.constantFrom(...users),
    claims: fc.oneof(changes(claimNames), regrouped, retimed),
    header: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      { arbitrary: changes(headerNames), weight: 1 },
    ),
    by: fc.constantFrom('pool', 'pool', 'stranger', 'nobody'),
    spoil: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: spoilt, weight: 1 }),
  })
  .map(({ who, by, spoil, ...odds }): Token => {
    const header = changedBy({ alg: 'RS256', kid: 'current' }, odds.header);
    const claims = changedBy(claimsOf(who), odds.claims);
    const whole =
      by === 'nobody'
        ? forge(header, claims, tokens.of(who).entry.split('.')[2] ?? '')
        : signed(header, claims, by === 'pool' ? key : stranger);
    const given = spoil === null ? whole : spoil(whole);
    // Torn, or not signed by the pool, it may still come out as the pool's own.
    const isGenuine = given === signed(header, claims, key);
    return { token: given, genuine: isGenuine ? { header, claims } : undefined, keyId: keyIdIn(given) };
  });

const schemes = fc.constantFrom(
  'Bearer ',
  'bearer ',
  'BEARER   ',
  'Bearer',
  'Basic ',
  'Bearer\t',
  'Token ',
  '',
);
const carried: fc.Arbitrary<(token: string) => Pick<HandshakeInput, 'headers' | 'query'>> = fc.oneof(
  fc
    .tuple(schemes, fc.constantFrom('Authorization', 'authorization', 'AUTHORIZATION'))
    .map(([scheme, name]) => (of: string) => ({ headers: { [name]: `${scheme}${of}` } })),
  fc
    .constantFrom(
      'heliograph.v1, bearer.*',
      'bearer.*',
      'bearer.*, heliograph.v1',
      'heliograph.v1, bearer.*, bearer.*',
      'heliograph.v1,,bearer.',
    )
    .map((list) => (of: string) => ({ headers: { 'Sec-WebSocket-Protocol': list.replaceAll('*', of) } })),
  fc.integer({ min: 0, max: 2 }).map((count) => (of: string) => ({
    headers: {},
    query: { token: Array<string>(count).fill(of) },
  })),
  fc.string({ maxLength: 30 }).map((text) => (of: string) => ({
    headers: { Authorization: `Bearer ${text}`, 'Sec-WebSocket-Protocol': `heliograph.v1, bearer.${of}` },
    query: { token: [of] },
  })),
);
const plainly = fc.constant((of: string) => ({ headers: { Authorization: `Bearer ${of}` } }));

export const handshake: fc.Arbitrary<HandshakeInput> = fc
  .tuple(token, fc.oneof({ arbitrary: plainly, weight: 2 }, { arbitrary: carried, weight: 1 }))
  .map(([of, carry]) => ({ ...of, ...carry(of.token) }));

const isTime = (value: unknown, most = Number.MAX_SAFE_INTEGER / 1000): value is number =>
  typeof value === 'number' && value >= 0 && value <= most;

/** Whether a token that the pool has signed is one of ours and of now. Written from DESIGN, not from the code. */
export function isGood({ header, claims }: { header: Fields; claims: Fields }): boolean {
  const { exp, iat, nbf } = claims;
  return (
    header.alg === 'RS256' &&
    header.kid === 'current' &&
    !Object.hasOwn(header, 'crit') &&
    claims.client_id === claimsOf(users[0]).client_id &&
    claims.iss === claimsOf(users[0]).iss &&
    claims.token_use === 'access' &&
    typeof claims.sub === 'string' &&
    typeof claims.username === 'string' &&
    isTime(exp) &&
    exp > now &&
    isTime(iat, now + 30) &&
    (nbf === undefined || isTime(nbf, now + 30))
  );
}
