import type { PoolConventions } from '../../functions/pool-conventions.ts';
import type { RouteKey } from '../../functions/route-table.ts';
import type { TableName } from '../../functions/table-shapes.ts';
import type { TokenPolicy } from '../../protocol/token-policy.ts';

/** One token validity as Cognito has it; either may be missing, and then has a default of Cognito's own. */
export type Validity = { readonly value: number | undefined; readonly unit: string | undefined };

export type ClientFacts = {
  readonly access: Validity;
  readonly id: Validity;
  readonly refresh: Validity;
  readonly flows: readonly string[];
  /** Whether each refresh gives a new refresh token, and takes the old one away. */
  readonly rotation: boolean;
  readonly revocation: boolean;
  readonly hasSecret: boolean;
};

export type TableFacts = {
  readonly status: string;
  /** Partition key, sort key. */
  readonly keys: readonly string[];
  readonly indexes: readonly {
    readonly name: string;
    readonly keys: readonly string[];
    readonly status: string;
  }[];
  /** Attribute that rows expire by; undefined where there is none, null where it cannot be asked. */
  readonly ttl: string | undefined | null;
};

export type StageFacts = {
  /** Whether whole messages are written to a log, which holds tokens then. */
  readonly logsMessages: boolean;
  readonly routes: readonly {
    readonly key: string;
    readonly responds: boolean;
    readonly hasTarget: boolean;
  }[];
  readonly throttle: number | undefined;
};

export type ScheduleFacts = {
  readonly enabled: boolean;
  readonly expression: string;
  /** What it calls. */
  readonly target: string;
};

export type FunctionFacts = { readonly name: string; readonly state: string };

/** Answer of an HTTP GET, and the clock of who answered. */
export type Fetched = { readonly status: number; readonly at: number | undefined; readonly body: unknown };

/** How a handshake ended: an HTTP status, or why there was none. */
export type Handshake = { readonly status: number } | { readonly unreachable: string };

export type Visit =
  | { readonly signIn: 'refused'; readonly why: string }
  | {
      readonly signIn: 'done';
      readonly lifeMs: number;
      readonly handshake: Handshake;
      /** What was answered to the first message; undefined when nothing was. */
      readonly answer: string | undefined;
      readonly tookMs: number;
    };

/** Everything that the doctor looks at, by reading only, but for `visit`. Each throws `OperationFailed` where it may not look. */
export type Setup = {
  readonly title: string;
  readonly kind: 'aws' | 'emulator' | 'local';
  readonly policy: TokenPolicy;
  /** By their names in the outputs. */
  readonly clientIds: Readonly<Record<'robots' | 'people', string>>;
  /** Further ones that the configuration lists: `identity.userPoolClients.more`. */
  readonly moreClientIds: readonly string[];
  /** Those that the functions take tokens of. */
  readonly acceptedClientIds: readonly string[];
  readonly userPoolId: string;
  /** How the pool says who is who, as the functions are told. */
  readonly conventions: PoolConventions;
  /** The pool that the functions know. */
  readonly functionsPoolId: string;
  readonly redeploy: string;
  now(): number;
  client(id: string): Promise<ClientFacts | undefined>;
  groups(): Promise<readonly string[]>;
  table(name: TableName): Promise<TableFacts | undefined>;
  /** How late the connection is that should have been acted on first; 0 when none is due. */
  overdueMs(): Promise<number>;
  jwks(): Promise<Fetched>;
  handshake(): Promise<Handshake>;
  /** Signs in, connects, says something harmless, leaves; undefined when no user was given. */
  readonly visit: (() => Promise<Visit>) | undefined;
  /** Undefined on the local stack, which has none of it. */
  readonly managed:
    | {
        readonly routeResponses: boolean;
        readonly expectedRoutes: readonly RouteKey[];
        readonly cleanupFunction: string | undefined;
        stage(): Promise<StageFacts | undefined>;
        schedule(): Promise<ScheduleFacts | undefined>;
        functions(): Promise<readonly FunctionFacts[]>;
      }
    | undefined;
};
