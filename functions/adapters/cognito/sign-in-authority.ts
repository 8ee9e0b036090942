import {
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod/mini';
import { principalId } from '../../../protocol/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import type { SignInAuthority } from '../../core/ports/sign-in-authority.ts';

export type SignInAuthorityOptions = {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  /** Only for an answer without a date. */
  readonly clock: Clock;
};

/** Tells a Cognito user pool to end sign-ins. */
export function cognitoSignInAuthority(options: SignInAuthorityOptions): SignInAuthority {
  const { client, userPoolId, clock } = options;

  return {
    async signOutEverywhere(userName) {
      const user = { UserPoolId: userPoolId, Username: userName };
      try {
        const { UserAttributes = [] } = await client.send(new AdminGetUserCommand(user));
        const sub = UserAttributes.find(({ Name }) => Name === 'sub')?.Value;
        const command = new AdminUserGlobalSignOutCommand(user);
        const answeredAt = dateOfAnswer(command);
        await client.send(command);
        return { principalId: principalId.parse(sub), at: wholeSecond(answeredAt() ?? clock.now()) };
      } catch (failure) {
        if (failure instanceof UserNotFoundException) return undefined;
        throw new DependencyUnavailable('Cognito', nameOf(failure), undefined);
      }
    },
  };
}

/**
 * Unix ms of the `Date` header of a command's answer. By Cognito's clock, as the times in the tokens
 * are: the clock of a Lambda may be seconds off, and would refuse honest sign-ins or admit revoked ones.
 */
function dateOfAnswer(command: AdminUserGlobalSignOutCommand): () => number | undefined {
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = headers.safeParse(result.response).data?.headers.date;
      return result;
    },
    { step: 'deserialize', name: 'readDate' },
  );
  return () => {
    const at = date === undefined ? Number.NaN : Date.parse(date);
    return Number.isNaN(at) ? undefined : at;
  };
}

const headers = z.object({ headers: z.object({ date: z.optional(z.string()) }) });

/** As `auth_time` and `iat` are written. */
function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000;
}

/** Not the error itself: it holds the request. */
function nameOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : 'Unknown';
}
