import type { CfnUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { makeTokenPolicy, requireDeployable, type TokenPolicy } from '../protocol/token-policy.ts';

export type ApplyTokenPolicyOptions = {
  /** Whose refresh token life is meant: 365 days for robots, 30 for people by default. A client that serves both is `robots`. Default `people`. */
  readonly for?: 'robots' | 'people';
  /** `allow` where every holder renews by `GetTokensFromRefreshToken`, as our client package does. Default `refuse`. */
  readonly rotation?: 'refuse' | 'allow';
  /** What differs from the default policy, in milliseconds: the same as `config.tokenPolicy` of the backend. */
  readonly tokenPolicy?: Partial<TokenPolicy>;
};

const minuteMs = 60_000;
const refreshFlow = 'ALLOW_REFRESH_TOKEN_AUTH';

/**
 * Gives an app client that you own, in CDK or in Amplify, the token lives of the policy: all three
 * validities and all three units, since a validity without its unit means hours for one token and
 * days for another (F1). Allows the refresh flow where flows are listed without it, and the revocation
 * of tokens.
 *
 * @throws {Error} where the client rotates refresh tokens and that is not allowed here: a holder that
 *   renews by `REFRESH_TOKEN_AUTH` is then refused.
 * @throws {RangeError} where the policy is none that Cognito can have.
 */
export function applyTokenPolicy(client: CfnUserPoolClient, options: ApplyTokenPolicyOptions = {}): void {
  const policy = makeTokenPolicy(options.tokenPolicy);
  requireDeployable(policy);
  requireWholeMinutes(policy);
  if (options.rotation !== 'allow') requireNoRotation(client);
  client.accessTokenValidity = policy.tokenMs / minuteMs;
  client.idTokenValidity = policy.tokenMs / minuteMs;
  client.refreshTokenValidity = policy.refreshTokenMs[options.for ?? 'people'] / minuteMs;
  client.tokenValidityUnits = { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'minutes' };
  client.enableTokenRevocation = true;
  const flows = client.explicitAuthFlows;
  // Without a list Cognito allows it by itself.
  if (flows !== undefined && !flows.includes(refreshFlow)) client.explicitAuthFlows = [...flows, refreshFlow];
}

/** Cognito would take seconds, but the CDK renders validities in minutes; a rounded one would be F1 again. */
export function requireWholeMinutes(policy: TokenPolicy): void {
  const values = {
    tokenMs: policy.tokenMs,
    'refreshTokenMs.people': policy.refreshTokenMs.people,
    'refreshTokenMs.robots': policy.refreshTokenMs.robots,
  };
  for (const [name, valueMs] of Object.entries(values)) {
    if (valueMs % minuteMs !== 0) {
      throw new RangeError(`TokenPolicy: ${name} is ${valueMs} ms; deployed, it must be whole minutes.`);
    }
  }
}

function requireNoRotation({ refreshTokenRotation: rotation, node }: CfnUserPoolClient): void {
  if (rotation === undefined || !('feature' in rotation) || rotation.feature !== 'ENABLED') return;
  throw new Error(
    `${node.path} rotates refresh tokens (refreshTokenRotation is ENABLED). REFRESH_TOKEN_AUTH, by which robots in the field renew their tokens, is refused then, and a rotated token ends when the first would have. Take the rotation away, or say { rotation: 'allow' } where every holder renews by GetTokensFromRefreshToken.`,
  );
}
