import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../protocol/messages.ts';
import { forge, type SigningKey, signingKey } from '../unit/adapters/support/token-issuer.ts';
import { operator1 } from '../unit/core/support/people.ts';
import { t0 } from '../unit/core/support/world.ts';
import { connectEvent, messageEvent, said } from '../unit/edge/support/gateway-calls.ts';
import { key, tokens, verifierOnLoopback } from './support/fuzz/run.ts';
import { newStage } from './support/fuzz/stage.ts';
import { claimsOf, signed } from './support/fuzz/tokens.ts';

type Fields = Readonly<Record<string, unknown>>;

const now = t0 / 1000;
const header = { alg: 'RS256', kid: 'current' };
const claims = claimsOf(operator1, { ageS: 0 });
const good = signed(header, claims, key);
const [headerPart = '', claimsPart = '', signature = ''] = good.split('.');
const stranger = signingKey('stranger');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const withHeader = (more: Fields, by: SigningKey = key) => signed({ ...header, ...more }, claims, by);
const withClaims = (more: Fields) => signed(header, { ...claims, ...more }, key);
const without = (name: string) =>
  signed(header, Object.fromEntries(Object.entries(claims).filter(([each]) => each !== name)), key);
const encoded = (text: string) => Buffer.from(text).toString('base64url');
/** Signed by the pool, with a part that no library would write. */
function raw(headerText: string, claimsText: string): string {
  const unsigned = `${encoded(headerText)}.${encoded(claimsText)}`;
  return `${unsigned}.${signBytes('sha256', Buffer.from(unsigned), key.privateKey).toString('base64url')}`;
}
function keyedWith(secret: string | Buffer, alg: string): string {
  const unsigned = forge({ ...header, alg }, claims, '').slice(0, -1);
  return `${unsigned}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(unsigned)
    .digest('base64url')}`;
}
function by(privateKey: KeyObject, alg: string, options: object): string {
  const unsigned = forge({ ...header, alg }, claims, '').slice(0, -1);
  const bytes = signBytes('sha256', Buffer.from(unsigned), { key: privateKey, ...options });
  return `${unsigned}.${bytes.toString('base64url')}`;
}
const jwkOf = ({ publicKey }: SigningKey) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid: 'current',
  alg: 'RS256',
});
const claimsText = JSON.stringify(claims);
const duplicated = (name: string, first: unknown, last: unknown) =>
  `{${JSON.stringify(name)}:${JSON.stringify(first)},${claimsText.slice(1, -1)},${JSON.stringify(name)}:${JSON.stringify(last)}}`;
/** Of the last character of 256 bytes only two bits count. */
function otherEnd(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(token.at(-1) ?? '') ^ 1] ?? '';
}
const otherPool = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another00';

/** Each a token that somebody may make, or come by, and is to get nowhere with. `as`: what a refresh with it is told. */
const attacks: readonly { attack: string; token: string; as?: 'token_expired' | 'bad_request' }[] = [
  // The algorithm is chosen by the attacker.
  ...['none', 'None', 'nOnE', 'NONE', ''].flatMap((alg) => [
    { attack: `alg "${alg}", no signature`, token: forge({ ...header, alg }, claims, '') },
    {
      attack: `alg "${alg}", the signature of a good token`,
      token: forge({ ...header, alg }, claims, signature),
    },
  ]),
  ...(['spki', 'pkcs1'] as const).flatMap((type) =>
    (['HS256', 'HS384', 'HS512'] as const).map((alg) => ({
      attack: `${alg} keyed with the public key (${type})`,
      token: keyedWith(key.publicKey.export({ type, format: 'pem' }), alg),
    })),
  ),
  { attack: 'HS256 keyed with the modulus', token: keyedWith(String(jwkOf(key).n), 'HS256') },
  { attack: 'HS256 keyed with nothing', token: keyedWith('', 'HS256') },
  {
    attack: 'ES256 of a key of the attacker',
    token: by(ec.privateKey, 'ES256', { dsaEncoding: 'ieee-p1363' }),
  },
  { attack: 'PS256 of our own key', token: by(key.privateKey, 'PS256', { padding: 6, saltLength: 32 }) },
  { attack: 'RS256, padded as PS256 is', token: by(key.privateKey, 'RS256', { padding: 6, saltLength: 32 }) },
  { attack: 'RS512 in the header alone', token: withHeader({ alg: 'RS512' }) },
  { attack: 'alg that is a list', token: withHeader({ alg: ['RS256', 'none'] }) },
  { attack: 'alg that is missing', token: signed({ kid: 'current' }, claims, key) },
  // The key is chosen by the attacker.
  ...[
    '../../../../../../dev/null',
    'http://127.0.0.1:1/jwks.json',
    "current' OR '1'='1",
    'current\u0000',
    ' current',
    'CURRENT',
    '__proto__',
    'constructor',
  ].map((kid) => ({ attack: `kid ${JSON.stringify(kid)}`, token: withHeader({ kid }) })),
  { attack: 'kid that is a list', token: withHeader({ kid: ['current'] }) },
  { attack: 'kid that is missing', token: signed({ alg: 'RS256' }, claims, key) },
  { attack: 'jwk of the attacker', token: withHeader({ jwk: jwkOf(stranger) }, stranger) },
  { attack: 'jku of the attacker', token: withHeader({ jku: 'http://127.0.0.1:1/jwks.json' }, stranger) },
  { attack: 'x5u of the attacker', token: withHeader({ x5u: 'http://127.0.0.1:1/cert.pem' }, stranger) },
  { attack: 'x5c of the attacker', token: withHeader({ x5c: ['MIIB'] }, stranger) },
  { attack: 'another pool of the same key id, as this one', token: signed(header, claims, stranger) },
  {
    attack: 'another pool of the same key id, as itself',
    token: signed(header, { ...claims, iss: otherPool }, stranger),
  },
  // Genuine, and not meant for here.
  { attack: 'another pool as issuer', token: withClaims({ iss: otherPool }) },
  { attack: 'an issuer that begins as ours', token: withClaims({ iss: `${claims.iss}.example.org` }) },
  { attack: 'an issuer in a list', token: withClaims({ iss: [claims.iss] }) },
  { attack: 'no issuer', token: without('iss') },
  { attack: 'another app client', token: withClaims({ client_id: 'another-app' }) },
  { attack: 'our app client in a list', token: withClaims({ client_id: [claims.client_id] }) },
  { attack: 'an app client that begins as ours', token: withClaims({ client_id: `${claims.client_id}-2` }) },
  { attack: 'no app client', token: without('client_id') },
  {
    attack: 'an ID token',
    token: withClaims({ token_use: 'id', aud: claims.client_id, 'cognito:username': 'operator-1' }),
  },
  { attack: 'a refresh token', token: withClaims({ token_use: 'refresh' }) },
  { attack: 'no use', token: without('token_use') },
  { attack: 'no sub', token: without('sub') },
  { attack: 'no user name', token: without('username') },
  // Time.
  { attack: 'expired', token: withClaims({ exp: now - 1 }), as: 'token_expired' },
  { attack: 'expired at this very moment', token: withClaims({ exp: now }), as: 'token_expired' },
  { attack: 'expired by a fraction', token: withClaims({ exp: now - 0.001 }), as: 'token_expired' },
  { attack: 'not yet begun (nbf)', token: withClaims({ nbf: now + 31 }) },
  { attack: 'issued in the future', token: withClaims({ iat: now + 31 }) },
  { attack: 'no exp', token: without('exp') },
  { attack: 'no iat', token: without('iat') },
  ...[String(now + 3_600), null, true, [now + 3_600], {}, -1, 1e300].map((exp) => ({
    attack: `exp ${JSON.stringify(exp)}`,
    token: withClaims({ exp }),
  })),
  {
    attack: 'exp beyond all numbers',
    token: raw(JSON.stringify(header), claimsText.replace(/"exp":\d+/, '"exp":1e999')),
  },
  // The token is torn, or put together from several.
  { attack: 'signature stripped', token: `${headerPart}.${claimsPart}.` },
  { attack: 'signature and its dot stripped', token: `${headerPart}.${claimsPart}` },
  { attack: 'signature cut short', token: good.slice(0, -8) },
  { attack: 'signature of zeros', token: `${headerPart}.${claimsPart}.${'A'.repeat(signature.length)}` },
  { attack: 'signature twice', token: `${good}.${signature}` },
  {
    attack: 'signature of another token',
    token: forge(header, { ...claims, username: 'admin-1' }, signature),
  },
  {
    attack: 'claims of an admin before ours',
    token: `${encoded('{"cognito:groups":["admins"]}')}${claimsPart}.${signature}`,
  },
  {
    attack: 'an expiry that is said twice, the good one first',
    token: raw(JSON.stringify(header), duplicated('exp', now + 3_600, now - 1)),
    as: 'token_expired',
  },
  {
    attack: 'an issuer that is said twice, ours first',
    token: raw(JSON.stringify(header), duplicated('iss', claims.iss, otherPool)),
  },
  {
    attack: 'an alg that is said twice, ours first',
    token: raw('{"alg":"RS256","kid":"current","alg":"none"}', claimsText),
  },
  { attack: 'crit with what is not understood', token: withHeader({ crit: ['exp'], exp: now - 1 }) },
  { attack: 'crit with b64', token: withHeader({ crit: ['b64'], b64: false }) },
  { attack: 'genuine and of 20 KB', token: withClaims({ note: 'x'.repeat(15_000) }), as: 'bad_request' },
  {
    attack: 'nested as deep as it goes',
    token: raw(JSON.stringify(header), `${'['.repeat(9_000)}${']'.repeat(9_000)}`),
    as: 'bad_request',
  },
  { attack: 'claims that are no object', token: raw(JSON.stringify(header), '"operator-1"') },
  { attack: 'claims that are no JSON', token: raw(JSON.stringify(header), '{') },
  { attack: 'padding after the signature', token: `${good}==` },
  {
    attack: 'a character that means nothing within the signature',
    token: `${headerPart}.${claimsPart}.${signature.slice(0, 9)}!${signature.slice(9)}`,
  },
  {
    attack: 'a signature that ends on other bits of no meaning',
    token: `${good.slice(0, -1)}${otherEnd(good)}`,
  },
  { attack: 'padding after the claims', token: `${headerPart}.${claimsPart}=.${signature}` },
  { attack: 'base64 of the other alphabet', token: good.replaceAll('-', '+').replaceAll('_', '/') },
  { attack: 'white space within', token: `${headerPart}. ${claimsPart}.${signature}` },
  { attack: 'a line break at the end', token: `${good}\n` },
  { attack: 'an encrypted token (five parts)', token: `${headerPart}.AAAA.AAAA.AAAA.AAAA` },
  { attack: 'no token at all', token: 'undefined' },
];

let given: Awaited<ReturnType<typeof verifierOnLoopback>>;
beforeAll(async () => {
  given = await verifierOnLoopback();
});
afterAll(() => given.jwks.close());

/** A world that has just been made: nobody's unknown key has been asked for yet. */
async function fresh() {
  const own = await verifierOnLoopback();
  return { stage: await newStage({ tokens, verifier: own.verifier }), close: () => own.jwks.close() };
}

describe('tokens of an attacker', () => {
  it('the token that they are made from is good, in both places', async () => {
    const { stage, close } = await fresh();
    const entered = await stage.watched(() =>
      stage.call(connectEvent({ headers: { Authorization: `Bearer ${good}` } }, 'new')),
    );
    expect(entered.answer.statusCode).toBe(200);
    const refreshed = await stage.call(
      messageEvent('refreshToken', { action: 'refreshToken', token: good }, 'new'),
    );
    expect(said(refreshed)).toMatchObject({ type: 'tokenRefreshed' });
    await close();
  });

  it.each(attacks)(
    '$attack: 401 at the handshake, refused by refreshToken, written down nowhere',
    async ({ token, as }) => {
      const { stage, close } = await fresh();
      const carriers = [
        // In a header a token cannot have white space; what has some is no header that can be read (400).
        /\s/.test(token) ? undefined : { headers: { Authorization: `Bearer ${token}` } },
        { headers: {}, query: { token: [token] } },
      ];
      for (const carrier of carriers) {
        if (carrier === undefined) continue;
        const { answer, effects } = await stage.watched(() => stage.call(connectEvent(carrier, 'new')));
        expect(answer.statusCode).toBe(401);
        expect(effects.changed).toEqual([]);
        expect(effects.events.map(({ type }) => type)).toEqual(['connect_refused']);
        expect(`${answer.body}${JSON.stringify(effects.events)}`).not.toContain(token.slice(0, 30));
      }
      const body = { action: 'refreshToken', token, requestId: 'r' };
      const { answer, effects } = await stage.watched(() =>
        stage.call(messageEvent('refreshToken', body, 'operator-1')),
      );
      const message: ServerMessage | undefined = said(answer);
      expect(message).toMatchObject({ type: 'error', code: as ?? 'token_invalid', retryable: false });
      expect(effects.changed).toEqual([]);
      expect(effects.posted).toEqual([]);
      expect(`${answer.body}${JSON.stringify(effects.events)}`).not.toContain(token.slice(0, 30));
      await close();
    },
  );

  it('nothing that a token names is fetched: the only address that is asked is the JWKS of the configuration', async () => {
    const before = given.jwks.seen.length;
    for (const { token } of attacks) await given.verifier.verify(token);
    const asked = given.jwks.seen.slice(before);
    // One look for keys that are not known, however many there are.
    expect(asked.length).toBeLessThanOrEqual(1);
    for (const request of given.jwks.seen) expect(JSON.stringify(request)).not.toContain('127.0.0.1:1/');
  });
});
