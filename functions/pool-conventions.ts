import * as z from 'zod/mini';

const groupName = z.string().check(z.minLength(1), z.maxLength(128));

/** What a group means here. The names on the left are ours, and what the rest of the house knows. */
const groupNames = z.object({
  robots: z._default(groupName, 'robots'),
  operators: z._default(groupName, 'operators'),
  viewers: z._default(groupName, 'viewers'),
  admins: z._default(groupName, 'admins'),
});

/**
 * How a user pool says who is a robot, which one, and what a person may do. Of a pool of ours the
 * defaults; of one that was there before, whatever it says already.
 */
export const poolConventions = z.object({
  /** Claim that holds the robot id. Without it and without `robotIdGroupPrefix`: the user name. */
  robotIdClaim: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  /** `robot:` makes a user in the group `robot:rover-1` the robot `rover-1`, whatever else the user is called. */
  robotIdGroupPrefix: z.optional(groupName),
  groups: z._default(groupNames, {
    robots: 'robots',
    operators: 'operators',
    viewers: 'viewers',
    admins: 'admins',
  }),
  fleetPrefix: z._default(groupName, 'fleet:'),
});

export type PoolConventions = z.infer<typeof poolConventions>;

export const defaultConventions: PoolConventions = poolConventions.parse({});
