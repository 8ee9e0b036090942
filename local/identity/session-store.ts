import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** One sign-in. All tokens that ever come of it share `originJti`, and die with it. */
export type SignInSession = {
  readonly originJti: string;
  readonly eventId: string;
  readonly sub: string;
  readonly clientId: string;
  /** Unix seconds, as the claim `auth_time`; refreshes keep it. */
  readonly authTimeS: number;
  /** Absolute: neither a refresh nor a rotation moves it. */
  readonly refreshEndsAt: number;
  revoked: boolean;
};

export type RefreshTokenRecord = { readonly session: SignInSession; replacedAt?: number };

export type SessionStore = {
  open(signIn: { sub: string; clientId: string; now: number; refreshLifeMs: number }): SignInSession;
  /** Opaque and random. Only its hash is kept. */
  issueRefreshToken(session: SignInSession): string;
  findByRefreshToken(token: string): RefreshTokenRecord | undefined;
  findByOriginJti(originJti: unknown): SignInSession | undefined;
  revokeAllOf(sub: string): void;
};

export function createSessionStore(): SessionStore {
  const sessions = new Map<string, SignInSession>();
  const refreshTokens = new Map<string, RefreshTokenRecord>();

  return {
    open({ sub, clientId, now, refreshLifeMs }) {
      const session: SignInSession = {
        originJti: randomUUID(),
        eventId: randomUUID(),
        sub,
        clientId,
        authTimeS: Math.floor(now / 1000),
        refreshEndsAt: now + refreshLifeMs,
        revoked: false,
      };
      sessions.set(session.originJti, session);
      return session;
    },
    issueRefreshToken(session) {
      // A letter first: `aws … --token` takes what begins with a dash for an option.
      const token = `rt_${randomBytes(96).toString('base64url')}`;
      refreshTokens.set(hashOf(token), { session });
      return token;
    },
    findByRefreshToken: (token) => refreshTokens.get(hashOf(token)),
    findByOriginJti: (originJti) => (typeof originJti === 'string' ? sessions.get(originJti) : undefined),
    revokeAllOf(sub) {
      for (const session of sessions.values()) {
        if (session.sub === sub) session.revoked = true;
      }
    },
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
