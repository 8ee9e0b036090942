import * as z from 'zod';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** `turn:` or `turns:`, a host (an IPv6 address in brackets), perhaps a port and a transport. @see https://www.rfc-editor.org/rfc/rfc7065#section-3.1 */
const turnUrl = z
  .string()
  .regex(
    /^turns?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/,
    'must be a TURN URL, such as turn:turn.example.org:3478?transport=udp or turns:turn.example.org',
  );

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const nameCharacters = '[A-Za-z0-9/_+=.@-]';

const turnShape = z.strictObject({
  urls: z.array(turnUrl).min(1, 'must name at least one server'),
  /** The secret that the servers have (coturn: `static-auth-secret`), by one of the two; a plain text in Secrets Manager, in the region of the stacks. */
  secretArn: z
    .string()
    .regex(
      new RegExp(`^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\\d{12}:secret:${nameCharacters}+-[A-Za-z0-9]{6}$`),
      'must be the whole ARN of a secret, with the six characters that Secrets Manager adds to its name',
    )
    .optional(),
  secretName: z
    .string()
    .regex(
      new RegExp(`^${nameCharacters}{1,512}$`),
      'must be the name of a secret: letters, digits and /_+=.@-',
    )
    .optional(),
  /**
   * How long credentials are good for a new allocation. An allocation that stands may outlive them on
   * coturn, which looks at the end only once; other servers may want it for as long as a session lasts.
   */
  credentialsMs: z
    .int()
    .min(minuteMs, `must be at least ${minuteMs} (a minute)`)
    .max(dayMs, `must be at most ${dayMs} (a day)`)
    .default(60 * minuteMs),
});

/** TURN servers that take credentials by the REST scheme. */
export const turnSchema = turnShape.transform(({ secretArn, secretName, ...rest }, context) => {
  const secretId = secretArn ?? secretName;
  if (secretId === undefined || (secretArn !== undefined && secretName !== undefined)) {
    context.addIssue('must have either secretArn or secretName');
    return z.NEVER;
  }
  return { ...rest, secretId };
});

/** `secretId`: the name or the ARN, as Secrets Manager takes either. */
export type TurnConfig = z.infer<typeof turnSchema>;
