import * as z from 'zod/mini';

/**
 * Ids are branded so that one cannot be passed where another is meant. Only a parser makes one:
 * these schemas at the wire, the stores' row parsers at the database.
 */

/** A socket, as API Gateway names it. Gone with the socket. */
export const connectionId = z.string().check(z.minLength(1), z.maxLength(128)).brand<'ConnectionId'>();
export type ConnectionId = z.infer<typeof connectionId>;

/** A robot: by default the Cognito user name of the robot's own user. Outlives every connection. */
export const robotId = z.string().check(z.minLength(1), z.maxLength(128)).brand<'RobotId'>();
export type RobotId = z.infer<typeof robotId>;

/** One client between its `hello` and its end: a browser tab, not a person. */
export const clientId = z.string().check(z.minLength(1), z.maxLength(64)).brand<'ClientId'>();
export type ClientId = z.infer<typeof clientId>;

/** One negotiation between one client and one robot. */
export const sessionId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'expected up to 64 characters of A–Z, a–z, 0–9, -, _ and .'))
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionId>;

/** Who a token speaks for: the `sub` claim of the Cognito user. */
export const principalId = z.string().check(z.minLength(1), z.maxLength(128)).brand<'PrincipalId'>();
export type PrincipalId = z.infer<typeof principalId>;

/** Chosen by the sender of a request and copied into what answers it. */
export const requestId = z.string().check(z.minLength(1), z.maxLength(64));
