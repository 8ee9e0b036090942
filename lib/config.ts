import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { iceServer } from '../protocol/messages/ice-server.ts';
import {
  makeTokenPolicy,
  requireDeployable,
  type TokenPolicy,
  tokenPolicySchema,
} from '../protocol/token-policy.ts';
import { type NameOf, problemsIn } from './config-problems.ts';
import { domainSchema } from './domain-config.ts';
import { keyArn } from './encryption-config.ts';
import { identitySchema } from './identity-config.ts';
import { regionsSchema } from './regions-config.ts';
import { requireWholeMinutes } from './token-policy-of-client.ts';
import { turnSchema } from './turn-config.ts';

/** Every setting is a context key with this before its name: `-c heliograph:stage=prod`. */
export const contextPrefix = 'heliograph:';

const retentionDays = Object.values(RetentionDays).filter((days) => typeof days === 'number');

/** Stands for the id of the API in `emulator.managementEndpoint`; it is known only after the deployment. */
export const apiIdPlaceholder = '{apiId}';
/** Stands for the id of the user pool in `emulator.jwksUri`. */
export const userPoolIdPlaceholder = '{userPoolId}';

/**
 * What differs on an AWS emulator. Absent on AWS, where functions derive the management endpoint
 * from the event and the JWKS from the pool's id.
 */
const emulatorSchema = z.strictObject({
  /** `false` where the emulator's CloudFormation knows neither route responses nor integration responses. */
  routeResponses: z.boolean(),
  /** Base URL of `@connections` with the stage, as reached from inside the emulator's functions; `{apiId}` is replaced. */
  managementEndpoint: z.string().includes(apiIdPlaceholder).optional(),
  /** `false` where the emulator's CloudFormation knows no alarms of metric math: the fourth stack is left out. */
  operations: z.boolean().default(true),
  /** URL of the pool's JWKS, as reached from inside the emulator's functions; `{userPoolId}` is replaced. */
  jwksUri: z.string().includes(userPoolIdPlaceholder).optional(),
});

const consoleSchema = z.strictObject({
  /**
   * Cognito's hosted sign-in, for MFA and single sign-on. Its pool must have this domain, and its app client for
   * people the code grant, the scopes, and the console's address among its callbacks.
   */
  hostedSignIn: z
    .strictObject({ domain: z.url({ protocol: /^https$/ }), scopes: z.string().min(1).default('openid') })
    .optional(),
});

const { refreshTokenMs, rollOverMs } = tokenPolicySchema.shape;
/** Strict at every level, so that a slip within is told as well. */
const strictPolicy = z.strictObject({
  ...tokenPolicySchema.shape,
  refreshTokenMs: z.strictObject(refreshTokenMs.shape),
  rollOverMs: z.strictObject(rollOverMs.shape),
});

const configSchema = z.strictObject({
  /** Of a file, for editors. */
  $schema: z.string().optional(),
  /** Part of every stack's name, so that several deployments can live in one account. */
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a lower-case letter, then up to 30 letters, digits or hyphens')
    .default('dev'),
  /** What differs from the defaults of `TokenPolicy`, in milliseconds. */
  tokenPolicy: strictPolicy.partial().default({}),
  /** Accept `?token=` at connect: for robots in the field that cannot send a header. */
  queryToken: z.boolean().default(false),
  /** The user pool, where there is one already, and how it says who is who. */
  identity: identitySchema.prefault({}),
  /** A name of yours in front of the API. */
  domain: domainSchema.optional(),
  /** Where the store is in another region, and the APIs of the other regions. */
  regions: regionsSchema.optional(),
  /** Servers that are the same for everybody: STUN, or TURN with fixed credentials, which everybody who signs in gets to see. */
  iceServers: z
    .array(iceServer)
    .min(1)
    .default([{ urls: ['stun:stun.l.google.com:19302'] }]),
  /** TURN servers that take credentials made for each side of each session. */
  turn: turnSchema.optional(),
  /** Number of robots, from which clients learn over how long to spread their reconnects. */
  fleetSize: z.int().positive().default(100),
  /** Which connection is the robot when two want to be: the one that connected last, or the one that has it for as long as it is there. */
  robotTakeover: z.enum(['newest', 'reject-new']).default('newest'),
  maxSessionsPerRobot: z.int().positive().default(10),
  logRetentionDays: z
    .literal(retentionDays, { error: `must be one of CloudWatch's periods: ${retentionDays.join(', ')}` })
    .default(RetentionDays.ONE_MONTH),
  /** Key of yours in KMS, in the region of the stacks, for tables and logs. By default keys of AWS (ADR 0065). */
  encryptionKeyArn: keyArn.optional(),
  /** Messages per second of the whole stage, and the burst above it. Below the account's 10,000, so that one API cannot starve the others. */
  throttle: z
    .strictObject({ rate: z.number().positive(), burst: z.int().positive() })
    .default({ rate: 2_000, burst: 1_000 }),
  /**
   * API Gateway writes access logs of WebSocket APIs through one role per account and region, which
   * a fresh account lacks: the stage then fails to deploy. `existing` where the account has one that
   * must not be replaced.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   */
  apiGatewayLogRole: z.enum(['create', 'existing']).default('create'),
  /** Deploys the operator's console, too: `-c heliograph:console='{}'`. */
  console: consoleSchema.optional(),
  /** An SNS topic of yours that is told of each alarm and of its end, in place of one that is made. */
  alarmTopicArn: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/, 'must be the ARN of an SNS topic')
    .optional(),
  /** Who gets a mail of each alarm and of its end; they have to confirm it once. */
  alarmEmail: z.email().optional(),
  /** Where `docs/runbook.md` is for those who are on call: each alarm links to its entry there. */
  runbookUrl: z.string().min(1).default('docs/runbook.md'),
  emulator: emulatorSchema.optional(),
});

type ParsedConfig = z.infer<typeof configSchema>;

/** Settings as they are written, by hand or in a file. */
export type HeliographSettings = z.input<typeof configSchema>;
export type HeliographConfig = Omit<ParsedConfig, 'tokenPolicy'> & { readonly tokenPolicy: TokenPolicy };
export type ConsoleConfig = z.infer<typeof consoleSchema>;
export type EmulatorConfig = z.infer<typeof emulatorSchema>;

/** As a JSON Schema: for editors, and to know which keys there are. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
}

/**
 * Settings by their names, whoever wrote them.
 *
 * @param nameOf How a setting is called where it was written, for messages.
 * @throws {Error} named `ConfigError`, naming each key that is unknown or has a wrong value, with the nearest right one.
 */
export function parseSettings(
  settings: unknown,
  nameOf: NameOf = (path) => path.join('.'),
): HeliographConfig {
  const parsed = configSchema.safeParse(settings, { reportInput: true });
  if (!parsed.success) throw configError(problemsIn(parsed.error, { schema: configJsonSchema(), nameOf }));
  return { ...parsed.data, tokenPolicy: deployablePolicy(parsed.data.tokenPolicy, nameOf) };
}

/**
 * The configuration in a CDK context. Settings are keys of their own:
 *
 *     npx cdk deploy --all -c heliograph:stage=prod -c heliograph:queryToken=true \
 *       -c heliograph:tokenPolicy='{"tokenMs":3600000}'
 *
 * or, for good, in `cdk.json` as values of their type, or in a file (`config-file.ts`). What comes from
 * the command line is text, so text that is JSON is read as such. Context keys of others are not looked at.
 *
 * @throws {Error} named `ConfigError`.
 */
export function parseConfig(context: Readonly<Record<string, unknown>>): HeliographConfig {
  return parseSettings(settingsIn(context), (path) => `${contextPrefix}${path.join('.')}`);
}

/** What of a context is ours, without the prefix. */
export function settingsIn(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(context)
      .filter(([key]) => key === 'heliograph' || key.startsWith(contextPrefix))
      .map(([key, value]) => [key.slice(contextPrefix.length) || key, jsonOrText(value)]),
  );
}

function deployablePolicy(given: ParsedConfig['tokenPolicy'], nameOf: NameOf): TokenPolicy {
  try {
    const policy = makeTokenPolicy(withoutUndefined(given));
    requireDeployable(policy);
    requireWholeMinutes(policy);
    return policy;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw configError([`${nameOf(['tokenPolicy'])}: ${message}`], cause);
  }
}

function withoutUndefined(given: ParsedConfig['tokenPolicy']): Partial<TokenPolicy> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function jsonOrText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export function configError(problems: readonly string[], cause?: unknown): Error {
  const error = new Error(`The configuration cannot be used:\n  ${problems.join('\n  ')}`, { cause });
  error.name = 'ConfigError';
  return error;
}
