import * as z from 'zod/mini';
import { principalId } from '../../../protocol/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import type { SignInAuthority } from '../../core/ports/sign-in-authority.ts';
import type { JsonCalls } from '../aws/json-calls.ts';

export type SignInAuthorityOptions = {
  /** To the Cognito of the pool's region. */
  readonly call: JsonCalls;
  readonly userPoolId: string;
  /** Only for an answer without a date. */
  readonly clock: Clock;
};

/** Tells a Cognito user pool to end sign-ins. */
export function cognitoSignInAuthority({ call, userPoolId, clock }: SignInAuthorityOptions): SignInAuthority {
  return {
    async signOutEverywhere(userName) {
      const user = { UserPoolId: userPoolId, Username: userName };
      try {
        const { output } = await call('AdminGetUser', user);
        const { UserAttributes = [] } = found.parse(output);
        const sub = UserAttributes.find(({ Name }) => Name === 'sub')?.Value;
        // By Cognito's clock, as the times in the tokens are: the clock of a Lambda may be seconds off, and
        // would refuse honest sign-ins or admit revoked ones.
        const { answeredAt } = await call('AdminUserGlobalSignOut', user);
        return { principalId: principalId.parse(sub), at: wholeSecond(answeredAt ?? clock.now()) };
      } catch (failure) {
        if (nameOf(failure) === 'UserNotFoundException') return undefined;
        throw new DependencyUnavailable('Cognito', nameOf(failure), undefined);
      }
    },
  };
}

const attribute = z.object({ Name: z.string(), Value: z.optional(z.string()) });
const found = z.object({ UserAttributes: z.optional(z.array(attribute)) });

/** As `auth_time` and `iat` are written. */
function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000;
}

/** Not the error itself: it holds the request. */
function nameOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : 'Unknown';
}
