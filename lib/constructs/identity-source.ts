import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { UserPoolAction } from './function-access.ts';
import type { HeliographFunction } from './heliograph-function.ts';

/** The app clients that robots and people sign in by; one may serve both. */
export type ClientIds = {
  readonly robots: string;
  readonly people: string;
  /** Further ones whose tokens are taken: those of an app that was there before. */
  readonly more?: readonly string[];
};

/** A user pool, ours or one that was there before. */
export type IdentitySource = {
  readonly userPoolId: string;
  readonly clientIds: ClientIds;
  /** What a function may ask of this pool, and of no other. */
  allow(user: HeliographFunction, actions: readonly UserPoolAction[]): void;
};

/** Each once: one client may serve robots and people. */
export function acceptedClientIds({ clientIds }: Pick<IdentitySource, 'clientIds'>): readonly string[] {
  return [...new Set([clientIds.robots, clientIds.people, ...(clientIds.more ?? [])])];
}

/** A pool that is somebody else's: nothing in it is made or changed, only asked. */
export function existingIdentity(
  userPool: IUserPool,
  clients: {
    readonly robots: Pick<IUserPoolClient, 'userPoolClientId'>;
    readonly people: Pick<IUserPoolClient, 'userPoolClientId'>;
    readonly more?: readonly Pick<IUserPoolClient, 'userPoolClientId'>[];
  },
): IdentitySource {
  return {
    userPoolId: userPool.userPoolId,
    clientIds: {
      robots: clients.robots.userPoolClientId,
      people: clients.people.userPoolClientId,
      more: (clients.more ?? []).map(({ userPoolClientId }) => userPoolClientId),
    },
    allow: (user, actions) => allowOnPool(userPool, user, actions),
  };
}

export function allowOnPool(
  userPool: Pick<IUserPool, 'userPoolArn'>,
  user: HeliographFunction,
  actions: readonly UserPoolAction[],
): void {
  user.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `cognito-idp:${action}`),
      resources: [userPool.userPoolArn],
    }),
  );
}
