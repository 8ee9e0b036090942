import { challengeLifeMinutes } from '../challenge-store.ts';
import { localAccountId } from '../local-account.ts';
import { passwordPolicy } from '../password-policy.ts';
import { requireClient, requirePool } from '../user-pool.ts';
import { clientIdField, operation, poolInput } from './operation.ts';
import { seconds } from './shapes.ts';

export const describeUserPool = operation(poolInput, (pool, input) => {
  requirePool(pool, input.UserPoolId);
  return {
    UserPool: {
      Id: pool.id,
      Name: 'heliograph-local',
      Arn: `arn:aws:cognito-idp:${pool.region}:${localAccountId}:userpool/${pool.id}`,
      Policies: { PasswordPolicy: passwordPolicy },
      MfaConfiguration: 'OFF',
      DeletionProtection: 'INACTIVE',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      EstimatedNumberOfUsers: pool.users.all().length,
      CreationDate: seconds(pool.createdAt),
      LastModifiedDate: seconds(pool.createdAt),
    },
  };
});

export const describeUserPoolClient = operation(
  poolInput.extend({ ClientId: clientIdField }),
  (pool, input) => {
    requirePool(pool, input.UserPoolId);
    const client = requireClient(pool, input.ClientId);
    return {
      UserPoolClient: {
        UserPoolId: pool.id,
        ClientId: client.id,
        ClientName: client.name,
        // Seconds throughout: without units Cognito reads hours and days into these numbers (DESIGN F1).
        AccessTokenValidity: seconds(pool.accessLifeMs),
        IdTokenValidity: seconds(pool.idLifeMs),
        RefreshTokenValidity: seconds(client.refreshLifeMs),
        TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
        ExplicitAuthFlows: client.flows,
        EnableTokenRevocation: true,
        PreventUserExistenceErrors: 'ENABLED',
        AuthSessionValidity: challengeLifeMinutes,
        RefreshTokenRotation:
          client.rotation === undefined
            ? { Feature: 'DISABLED' }
            : { Feature: 'ENABLED', RetryGracePeriodSeconds: seconds(client.rotation.retryGraceMs) },
        CreationDate: seconds(pool.createdAt),
        LastModifiedDate: seconds(pool.createdAt),
      },
    };
  },
);
