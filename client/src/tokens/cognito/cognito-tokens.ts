import { type Clock, systemClock } from '../../environment/clock.ts';
import { type Logger, silentLogger } from '../../environment/logger.ts';
import { type AccessToken, isFinal, type TokenSource, TokenUnavailable } from '../token-source.ts';
import type { CognitoEndpoint, Fetch } from './cognito-call.ts';
import { durationInWords } from './duration-in-words.ts';
import { type KeptSignIn, memoryStore, type SignInStore } from './kept-sign-in.ts';
import {
  type CognitoTokens,
  isFlowDisabled,
  type PasswordSignIn,
  type RefreshCall,
  refreshTokens,
  signInWithPassword,
} from './sign-in.ts';

export type CognitoOptions = {
  /** The app client. */
  readonly clientId: string;
  /** Default: the first way that the app client knows. */
  readonly refreshCall?: RefreshCall;
  /** Which token the server takes. Default `access`. */
  readonly use?: 'access' | 'id';
  /** How long a refresh token of this app client lives, from the sign-in on; Cognito does not tell. */
  readonly refreshTokenLifeMs?: number;
  /** The refresh token ends within 30 days: somebody should sign in anew. Told at each renewal. */
  readonly onRefreshTokenEnding?: (endsAt: number) => void;
  readonly store?: SignInStore;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  readonly logger?: Logger;
} & (
  | { readonly region: string; readonly endpoint?: never }
  | { readonly endpoint: string; readonly region?: never }
) &
  (
    | { readonly signIn: PasswordSignIn; readonly refreshToken?: never; readonly identity?: never }
    | {
        /** Absent: only the one that the store keeps. */
        readonly refreshToken?: string;
        readonly signIn?: never;
        /** A name for whose it is. */
        readonly identity: string;
      }
  );

const announceWithinMs = 30 * 24 * 3_600_000;
const clockSlackMs = 60_000;

/** What a refresh leaves as it was. */
type Before = Pick<KeptSignIn, 'refreshToken' | 'refreshTokenEndsAt'>;

/** Tokens of a Cognito user: refreshed while that works, by password when it does not and there is one. */
export function cognitoTokens(options: CognitoOptions): TokenSource {
  const { clock = systemClock, logger = silentLogger, store = memoryStore(), signIn } = options;
  const identity = options.signIn === undefined ? options.identity : options.signIn.userName;
  const endpoint: CognitoEndpoint = {
    url: options.endpoint ?? `https://cognito-idp.${options.region}.amazonaws.com`,
    clientId: options.clientId,
    fetch: options.fetch ?? ((url, request) => fetch(url, request)),
    clock,
  };
  let refreshCall: RefreshCall = options.refreshCall ?? 'REFRESH_TOKEN_AUTH';
  let last: KeptSignIn | undefined;

  async function load(): Promise<KeptSignIn | undefined> {
    const kept = await store.load();
    return kept?.identity === identity ? kept : undefined;
  }

  async function keep(tokens: CognitoTokens, before: Before): Promise<AccessToken> {
    const now = clock.now();
    const refreshToken = tokens.refreshToken ?? before.refreshToken;
    const { refreshTokenEndsAt: endsAt } = before;
    const kept: KeptSignIn = {
      token: options.use === 'id' ? (tokens.idToken ?? tokens.accessToken) : tokens.accessToken,
      identity,
      expiresAt: now + tokens.lifeMs,
      savedAt: now,
      ...(refreshToken === undefined ? {} : { refreshToken }),
      ...(endsAt === undefined ? {} : { refreshTokenEndsAt: endsAt }),
    };
    // Kept before it is used: a rotated refresh token that is lost locks the robot out.
    await store.save(kept);
    last = kept;
    if (endsAt !== undefined && endsAt - now < announceWithinMs) announce(endsAt);
    return asAccessToken(kept);
  }

  async function signInAnew(by: PasswordSignIn): Promise<AccessToken> {
    const tokens = await signInWithPassword(endpoint, by);
    const { refreshTokenLifeMs: lifeMs } = options;
    return keep(tokens, lifeMs === undefined ? {} : { refreshTokenEndsAt: clock.now() + lifeMs });
  }

  function announce(endsAt: number): void {
    logger.warn(
      `The refresh token of ${identity} ends in ${durationInWords(endsAt - clock.now())}: sign in anew.`,
    );
    options.onRefreshTokenEnding?.(endsAt);
  }

  async function refresh(refreshToken: string): Promise<CognitoTokens> {
    try {
      return await refreshTokens(endpoint, refreshToken, refreshCall);
    } catch (failure) {
      if (options.refreshCall !== undefined || !isFlowDisabled(failure)) throw failure;
      refreshCall = refreshCall === 'REFRESH_TOKEN_AUTH' ? 'GetTokensFromRefreshToken' : 'REFRESH_TOKEN_AUTH';
      return refreshTokens(endpoint, refreshToken, refreshCall);
    }
  }

  /** `unwanted`: the token that will not do. One that another process has got meanwhile will. */
  async function renew(unwanted: string | undefined): Promise<AccessToken> {
    const kept = await load();
    if (kept && kept.token !== unwanted && lifeLeftMs(kept) > 0) {
      last = kept;
      return asAccessToken(kept);
    }
    const before: Before = kept ?? last ?? {};
    const refreshToken = before.refreshToken ?? options.refreshToken;
    if (refreshToken !== undefined) {
      try {
        return await keep(await refresh(refreshToken), { ...before, refreshToken });
      } catch (failure) {
        if (!isFinal(failure) || !signIn) throw failure;
        logger.warn(`The refresh token of ${identity} is no longer good (${failure.code}); signing in anew.`);
      }
    }
    if (signIn) return signInAnew(signIn);
    throw new TokenUnavailable('No sign-in to renew: sign in first.', {
      retryable: false,
      code: 'signed_out',
    });
  }

  /** A clock that was set back since makes nothing of what was written down. */
  function lifeLeftMs({ expiresAt, savedAt }: KeptSignIn): number {
    const now = clock.now();
    return savedAt > now + clockSlackMs ? 0 : expiresAt - now;
  }

  return {
    async token() {
      const kept = await load();
      const leftMs = kept ? lifeLeftMs(kept) : 0;
      if (kept && leftMs > 0) {
        last = kept;
        logger.info(`Using the cached token of ${identity}, expires in ${durationInWords(leftMs)}.`);
        return asAccessToken(kept);
      }
      const why = kept === undefined ? 'there is none' : 'it has run out';
      logger.info(`Not using a cached token of ${identity}: ${why}.`);
      return store.exclusively(() => renew(kept?.token));
    },
    async renew() {
      const unwanted = (last ?? (await load()))?.token;
      return store.exclusively(() => renew(unwanted));
    },
  };
}

function asAccessToken({ token, expiresAt, savedAt }: KeptSignIn): AccessToken {
  return { token, expiresAt, lifeMs: expiresAt - savedAt };
}
