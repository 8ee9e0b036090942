import * as z from 'zod';
import { type PoolConventions, poolConventions } from '../functions/pool-conventions.ts';

const poolId = z
  .string()
  .regex(
    /^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/,
    'must be the id of a user pool, such as eu-central-1_AbCdEfGhI',
  );
const clientId = z
  .string()
  .regex(/^[a-z0-9]{1,128}$/, 'must be the id of an app client: lower-case letters and digits, not its name');

/** Strict at every level: a misspelt name must not become a default. */
const names = poolConventions.def.shape;
const groupNames = names.groups.def.innerType.def.shape;

const shape = z.strictObject({
  /** An existing pool. Nothing in it is changed; it keeps its clients, groups and users. */
  userPoolId: poolId.optional(),
  /** Its app clients; one may serve both. */
  userPoolClients: z
    .strictObject({ robots: clientId, people: clientId, more: z.array(clientId).optional() })
    .optional(),
  /** Which token of the pool opens a connection. */
  tokenUse: z.enum(['access', 'id', 'either']).default('access'),
  robotIdClaim: names.robotIdClaim,
  robotIdGroupPrefix: names.robotIdGroupPrefix,
  groups: z.strictObject(groupNames).prefault({}),
  fleetPrefix: names.fleetPrefix,
});

/** How robots and roles are told; of a pool of ours, nothing needs to be said. */
export const identitySchema = shape
  .superRefine((given, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: path.split('.'), message });
    if (given.userPoolId === undefined && given.userPoolClients !== undefined) {
      refuse('userPoolId', 'must be given with userPoolClients');
    }
    if (given.userPoolId !== undefined && given.userPoolClients === undefined) {
      refuse('userPoolClients', 'must name the app clients of the existing pool: {"robots": …, "people": …}');
    }
    if (given.robotIdClaim !== undefined && given.robotIdGroupPrefix !== undefined) {
      refuse('robotIdClaim', 'cannot be given with robotIdGroupPrefix: a robot has one id');
    }
    // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    if (given.robotIdClaim?.startsWith('custom:') && given.tokenUse === 'access') {
      refuse(
        'tokenUse',
        'must be id or either: Cognito puts custom attributes into ID tokens alone, so that no access token has the claim of robotIdClaim',
      );
    }
    const groups = Object.values(given.groups);
    if (new Set(groups).size < groups.length) refuse('groups', 'must be four different groups');
    if (given.robotIdGroupPrefix === given.fleetPrefix) {
      refuse('robotIdGroupPrefix', 'must differ from fleetPrefix');
    }
  })
  .transform(({ userPoolId, userPoolClients, tokenUse, ...conventions }) => ({
    tokenUse,
    conventions: withoutUndefined(conventions),
    ...(userPoolId === undefined || userPoolClients === undefined
      ? {}
      : { existing: { userPoolId, clientIds: userPoolClients } }),
  }));

export type IdentityConfig = z.infer<typeof identitySchema>;

function withoutUndefined(given: Omit<z.infer<typeof shape>, 'userPoolId' | 'tokenUse'>): PoolConventions {
  return poolConventions.parse(given);
}
