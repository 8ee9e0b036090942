import * as z from 'zod';
import type { ManagementEvent } from './management-event.ts';

export type IdentityUser = {
  userName: string;
  password: string;
  groups: readonly string[];
  /** The first sign-in answers the challenge NEW_PASSWORD_REQUIRED. */
  mustChangePassword?: boolean;
  /** Appears, verified, in the ID token and in the user's attributes. */
  email?: string;
};

/** The two app clients of a Heliograph pool. */
export type ClientKind = 'robots' | 'people';

export type ExplicitAuthFlow =
  | 'ALLOW_USER_PASSWORD_AUTH'
  | 'ALLOW_ADMIN_USER_PASSWORD_AUTH'
  | 'ALLOW_REFRESH_TOKEN_AUTH';

/** Rotation of refresh tokens; `retryGraceMs` is 0–60,000 in whole seconds, as in Cognito. */
export type RefreshTokenRotation = { retryGraceMs: number };

export type LocalIdentityOptions = {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 takes a free one. */
  port: number;
  region: string;
  /** `<region>_<letters and digits>`: anything else is refused by aws-jwt-verify. */
  userPoolId: string;
  clients: Readonly<Record<ClientKind, string>>;
  /** Whole seconds, as `iat` and `exp` are. Shorter than Cognito would allow is fine. */
  lifetimes: {
    accessTokenMs: number;
    idTokenMs: number;
    refreshTokenMs: Readonly<Record<ClientKind, number>>;
  };
  users: readonly IdentityUser[];
  /** Default: password, admin password and refresh for both clients. */
  allowedFlows?: Partial<Record<ClientKind, readonly ExplicitAuthFlow[]>>;
  /** Default: off for both clients. */
  refreshTokenRotation?: Partial<Record<ClientKind, RefreshTokenRotation>>;
  /** Unix milliseconds; default `Date.now`. */
  clock?: () => number;
  /** Structured, and never with a password or a token in it. What it throws is dropped. */
  onEvent?: (event: IdentityEvent) => void;
  /**
   * What EventBridge would hear from CloudTrail: one event for each call that changed a user, a membership or a
   * session, or deleted a group, once that is done and before the answer is sent. Sign-ins, refreshes, reads and
   * refused calls tell nothing. Never a password, a token or a user name. What it throws is dropped. AWS delivers
   * later, perhaps twice and in any order; here it is at once, once and in order.
   */
  onManagementEvent?: (event: ManagementEvent) => void;
};

export type RevocationCause =
  | 'AdminDeleteUser'
  | 'AdminDisableUser'
  | 'AdminUserGlobalSignOut'
  | 'DeleteUser'
  | 'GlobalSignOut'
  | 'RevokeToken';

/** `at` is Unix milliseconds by the service's clock. */
export type IdentityEvent = { at: number } & (
  | { kind: 'listening'; url: string }
  | { kind: 'request'; operation: string; status: number; error?: string; elapsedMs: number }
  | { kind: 'signedIn'; userName: string; clientId: string; groups: readonly string[] }
  | { kind: 'refreshed'; userName: string; clientId: string; groups: readonly string[] }
  | { kind: 'revoked'; userName: string; cause: RevocationCause }
  | { kind: 'keyRotated'; kids: readonly string[] }
);

type EventBody<E> = E extends IdentityEvent ? Omit<E, 'at'> : never;
export type EmitEvent = (event: EventBody<IdentityEvent>) => void;

const wholeSeconds = z.int().positive().multipleOf(1000, 'must be whole seconds, in milliseconds');
const rotation = z.object({
  retryGraceMs: z.int().min(0).max(60_000).multipleOf(1000, 'must be whole seconds, in milliseconds'),
});
const clientId = z.string().regex(/^[\w+]{1,128}$/, 'must be 1-128 of letters, digits, _ and +');

// Only what would otherwise fail much later and obscurely, at the verifier or in a token.
const checkedOptions = z
  .object({
    port: z.int().min(0).max(65535),
    region: z.string().regex(/^[a-z]{2}-(gov-)?[a-z]+-\d$/, 'must look like us-east-1'),
    userPoolId: z
      .string()
      .regex(
        /^[a-z]{2}-(gov-)?[a-z]+-\d_[a-zA-Z0-9]+$/,
        'must look like us-east-1_Heliograph (aws-jwt-verify refuses others)',
      ),
    clients: z.object({ robots: clientId, people: clientId }),
    lifetimes: z.object({
      accessTokenMs: wholeSeconds,
      idTokenMs: wholeSeconds,
      refreshTokenMs: z.object({ robots: wholeSeconds, people: wholeSeconds }),
    }),
    refreshTokenRotation: z.object({ robots: rotation.optional(), people: rotation.optional() }).optional(),
  })
  .refine((options) => options.userPoolId.startsWith(`${options.region}_`), {
    path: ['userPoolId'],
    message: 'must begin with the region',
  })
  .refine((options) => options.clients.robots !== options.clients.people, {
    path: ['clients'],
    message: 'robots and people need different ids',
  });

export function assertUsableOptions(options: LocalIdentityOptions): void {
  const checked = checkedOptions.safeParse(options);
  if (checked.success) return;
  const reasons = checked.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new Error(`The local identity service cannot start with these options: ${reasons.join('; ')}.`);
}
