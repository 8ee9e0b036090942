import * as z from 'zod/mini';
import { goAwayCodeNames } from '../../go-away-codes.ts';
import { timestampMs } from '../timestamp.ts';
import { sentAt, serverMessage } from './envelope.ts';

export const tokenRefreshed = serverMessage('tokenRefreshed', {
  sentAt,
  tokenExpiresAt: timestampMs,
  refreshAt: timestampMs,
}).check(z.describe('Answers `refreshToken`.'));

export const tokenExpiring = serverMessage('tokenExpiring', {
  tokenExpiresAt: timestampMs,
  remainingMs: z
    .int()
    .check(z.nonnegative(), z.describe('what is left of the token’s life, by the server’s clock')),
}).check(
  z.describe(
    'The token nears its end and was not refreshed: send `refreshToken` now. Comes once at each time of `welcome.policy.warnMs`, to robots too; what is missed is not sent again.',
  ),
);

export const tokenExpired = serverMessage('tokenExpired', {
  graceEndsAt: timestampMs.check(
    z.describe('until when `refreshToken` still works; then the socket is closed'),
  ),
}).check(
  z.describe(
    'The token has run out: nothing but `refreshToken`, `ping` and `bye` is heard until it is refreshed, and nothing is passed on. Sessions are kept until the grace ends.',
  ),
);

export const goAway = serverMessage('goAway', {
  code: z.enum(goAwayCodeNames),
  reconnect: z.boolean().check(z.describe('whether a new connection is worth a try')),
  reconnectAfterMs: z.optional(z.int().check(z.nonnegative())),
}).check(
  z.describe(
    'Sent before the server closes the socket; with `connection_max_age` ahead of time, so that a second connection can take over first.',
  ),
);

export type TokenRefreshed = z.infer<typeof tokenRefreshed>;

export type TokenExpiring = z.infer<typeof tokenExpiring>;

export type TokenExpired = z.infer<typeof tokenExpired>;

export type GoAway = z.infer<typeof goAway>;
