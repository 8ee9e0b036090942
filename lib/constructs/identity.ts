import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { TokenPolicy } from '../../protocol/token-policy.ts';
import type { UserPoolAction } from './function-access.ts';
import type { HeliographFunction } from './heliograph-function.ts';
import { allowOnPool, type IdentitySource } from './identity-source.ts';

export type IdentityProps = {
  readonly poolName: string;
  readonly tokenPolicy: TokenPolicy;
};

const groups = {
  robots: 'One user per robot; the user name is the robot id.',
  operators: 'May control and view the robots of the fleets that they share.',
  viewers: 'May view the robots of the fleets that they share.',
  admins: 'May do all, on every robot.',
} as const;

/** The user pool with its groups and the two app clients, whose token lives come from the policy and nowhere else (F1). */
export class Identity extends Construct implements IdentitySource {
  readonly userPool: UserPool;
  readonly robots: UserPoolClient;
  readonly people: UserPoolClient;

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id);

    this.userPool = new UserPool(this, 'UserPool', {
      userPoolName: props.poolName,
      // Users are made by whoever owns the fleet. A robot has neither mail nor phone, so that only an admin can reset it.
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      // `Rover-1` and `rover-1` must not be two robots.
      signInCaseSensitive: false,
      accountRecovery: AccountRecovery.NONE,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const [groupName, description] of Object.entries(groups)) {
      this.userPool.addGroup(groupName, { groupName, description });
    }
    this.robots = this.addClient('Robots', props.tokenPolicy, props.tokenPolicy.refreshTokenMs.robots);
    this.people = this.addClient('People', props.tokenPolicy, props.tokenPolicy.refreshTokenMs.people);
  }

  get userPoolId(): string {
    return this.userPool.userPoolId;
  }

  get clientIds(): IdentitySource['clientIds'] {
    return { robots: this.robots.userPoolClientId, people: this.people.userPoolClientId };
  }

  allow(user: HeliographFunction, actions: readonly UserPoolAction[]): void {
    allowOnPool(this.userPool, user, actions);
  }

  /** All three validities are given: Cognito reads a missing unit as hours for one token and days for another. */
  private addClient(name: string, policy: TokenPolicy, refreshTokenMs: number): UserPoolClient {
    return this.userPool.addClient(name, {
      userPoolClientName: name.toLowerCase(),
      generateSecret: false,
      authFlows: { userPassword: true, userSrp: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.millis(policy.tokenMs),
      idTokenValidity: Duration.millis(policy.tokenMs),
      refreshTokenValidity: Duration.millis(refreshTokenMs),
    });
  }
}
