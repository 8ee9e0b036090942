import * as z from 'zod/mini';
import { principalId } from '../../protocol/ids.ts';
import type { SignInAuthority } from '../core/ports/sign-in-authority.ts';
import {
  type RevokeDeps,
  revokeSignIn,
  revokeSignIns,
  revokeTokens,
  signOutEverywhere,
} from '../core/use-cases/revoke.ts';
import { revokingCalls } from '../revoking-calls.ts';

export type RevocationDeps = RevokeDeps & {
  readonly authority: SignInAuthority;
  readonly userPoolId: string;
};

/** A Lambda function that is called by name, or by an event. */
export type RevocationFunction = (event: unknown) => Promise<RevocationAnswer>;

/** `ignored`: the event was of another user pool. */
export type RevocationAnswer = { readonly closed: number } | { readonly ignored: true };

const callName = z.enum([...revokingCalls.signIns, ...revokingCalls.tokens]);

/**
 * A call of Cognito's management API, as CloudTrail tells EventBridge of it. Only what is needed: the
 * rest differs from call to call. The user name is hidden there, the `sub` is not. A call made with the
 * user's own token names its pool elsewhere, or not at all.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
 */
const cognitoCall = z.object({
  source: z.literal('aws.cognito-idp'),
  detail: z.object({
    eventName: callName,
    eventTime: z.pipe(
      z.iso.datetime(),
      z.transform((text) => Date.parse(text)),
    ),
    errorCode: z.optional(z.undefined()),
    requestParameters: z.nullish(z.object({ userPoolId: z.optional(z.string()) })),
    additionalEventData: z.object({ sub: principalId, userPoolId: z.optional(z.string()) }),
  }),
});

/** What an operator says: sign this user out everywhere, or end this one sign-in. */
const order = z.union([
  z.strictObject({ userName: z.string().check(z.minLength(1), z.maxLength(128)) }),
  z.strictObject({ principalId, originJti: z.string().check(z.minLength(1), z.maxLength(128)) }),
]);

/** Serves orders and events alike. What it cannot read, it refuses loudly: a revocation must not be lost in silence. */
export function revocationHandler(deps: RevocationDeps): RevocationFunction {
  return async (event) => {
    const call = cognitoCall.safeParse(event);
    if (call.success) return onCall(deps, call.data.detail);
    const ordered = order.safeParse(event);
    if (!ordered.success) throw new RangeError(cannotRead);
    return { closed: await carryOut(deps, ordered.data) };
  };
}

/** Never the event itself, in whatever form. */
const cannotRead =
  'Neither {"userName"} nor {"principalId", "originJti"}, nor a successful call of Cognito as CloudTrail tells of it, with the user’s sub in additionalEventData.';

async function onCall(
  deps: RevocationDeps,
  detail: z.infer<typeof cognitoCall>['detail'],
): Promise<RevocationAnswer> {
  const { additionalEventData, requestParameters, eventName, eventTime } = detail;
  const pool = requestParameters?.userPoolId ?? additionalEventData.userPoolId;
  if (pool !== undefined && pool !== deps.userPoolId) return { ignored: true };
  const revoked = { principalId: additionalEventData.sub, at: eventTime };
  const endsSignIns = revokingCalls.signIns.some((name) => name === eventName);
  return { closed: await (endsSignIns ? revokeSignIns(deps, revoked) : revokeTokens(deps, revoked)) };
}

async function carryOut(deps: RevocationDeps, ordered: z.infer<typeof order>): Promise<number> {
  if ('originJti' in ordered) return revokeSignIn(deps, ordered);
  const closed = await signOutEverywhere(deps, ordered.userName);
  if (closed === undefined) throw new RangeError('The user pool has no such user; nothing was revoked.');
  return closed;
}
