import * as z from 'zod';
import { CognitoError } from '../cognito-error.ts';
import type { UserPool } from '../user-pool.ts';

/** Takes the parsed JSON body, gives the JSON to answer. Synchronous, so that no two requests interleave. */
export type Operation = (pool: UserPool, input: unknown) => object;

export function operation<S extends z.ZodType>(
  schema: S,
  handle: (pool: UserPool, input: z.output<S>) => object,
): Operation {
  return (pool, input) => {
    const parsed = schema.safeParse(input, { reportInput: true });
    if (parsed.success) return handle(pool, parsed.data);
    throw refusalOf(parsed.error);
  };
}

// A value of the wrong JSON type never reaches Cognito's validation; a missing or ill-formed one does. Neither
// message repeats the value: it can be a password.
function refusalOf(error: z.ZodError): CognitoError {
  const issue = error.issues[0];
  const member = issue?.path.join('.') || 'the request';
  if (issue?.code === 'invalid_type' && issue.input !== undefined) {
    return new CognitoError('SerializationException', `${member}: ${issue.expected} expected.`);
  }
  const constraint = issue?.code === 'invalid_type' ? 'Member must not be null' : issue?.message;
  return new CognitoError(
    'InvalidParameterException',
    `${error.issues.length} validation error${error.issues.length === 1 ? '' : 's'} detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export const clientIdField = z.string().regex(/^[\w+]{1,128}$/, 'Member must match [\\w+]+');
export const userPoolIdField = z
  .string()
  .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'Member must match [\\w-]+_[0-9a-zA-Z]+');
export const nameField = z
  .string()
  .regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u, 'Member must be 1-128 characters without spaces');
export const stringMapField = z.record(z.string(), z.string());
export const attributesField = z.array(z.object({ Name: z.string().max(32), Value: z.string().optional() }));

export const poolInput = z.object({ UserPoolId: userPoolIdField });
export const userInput = z.object({ UserPoolId: userPoolIdField, Username: nameField });
export const holderInput = z.object({ AccessToken: z.string() });
