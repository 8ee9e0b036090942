import type { TableName } from './table-shapes.ts';

/** Environment variables that name the tables. A function has one only with the permission to use that table. */
export const tableVariables: Record<TableName, string> = {
  connections: 'HELIOGRAPH_TABLE_CONNECTIONS',
  robotSessions: 'HELIOGRAPH_TABLE_ROBOT_SESSIONS',
  clientSessions: 'HELIOGRAPH_TABLE_CLIENT_SESSIONS',
  directory: 'HELIOGRAPH_TABLE_DIRECTORY',
};

/** Environment variables for what the functions must know beside the tables. Values are text; JSON where said. */
export const settingVariables = {
  /** JSON of `TokenPolicy`. */
  tokenPolicy: 'HELIOGRAPH_TOKEN_POLICY',
  userPoolId: 'HELIOGRAPH_USER_POOL_ID',
  /** Accepted app clients, separated by commas. */
  userPoolClientIds: 'HELIOGRAPH_USER_POOL_CLIENT_IDS',
  /** `access`, `id` or `either`. */
  tokenUse: 'HELIOGRAPH_TOKEN_USE',
  /** JSON of `PoolConventions`. */
  poolConventions: 'HELIOGRAPH_POOL_CONVENTIONS',
  /** Where the JWKS is, when it is not at Cognito: the local stack and emulators. */
  jwksUri: 'HELIOGRAPH_JWKS_URI',
  /** What the header `x-heliograph-edge` of a handshake must hold, where the API is behind CloudFront. */
  edgeSecret: 'HELIOGRAPH_EDGE_SECRET',
  /** Region of the tables, when it is not the function's own. */
  storeRegion: 'HELIOGRAPH_STORE_REGION',
  /** `true` to accept `?token=` at connect. */
  queryToken: 'HELIOGRAPH_QUERY_TOKEN',
  /** Base URL of `@connections` with the stage, when it is not the regional `execute-api` endpoint: the local stack and emulators. */
  managementEndpoint: 'HELIOGRAPH_MANAGEMENT_ENDPOINT',
  /** JSON list of the ICE servers that are the same for everybody. */
  iceServers: 'HELIOGRAPH_ICE_SERVERS',
  /** JSON of the TURN servers whose credentials are made by a secret: their URLs, the secret's name or ARN, the credentials' life. */
  turn: 'HELIOGRAPH_TURN',
  /** Number of robots that the reconnect spread is computed from. */
  fleetSize: 'HELIOGRAPH_FLEET_SIZE',
  /** `newest` or `reject-new`. */
  takeover: 'HELIOGRAPH_TAKEOVER',
  maxSessionsPerRobot: 'HELIOGRAPH_MAX_SESSIONS_PER_ROBOT',
} as const;

export type SettingName = keyof typeof settingVariables;

/** The namespace and service name of every metric and log line. */
export const telemetryService = 'heliograph';

/** The dimension `service` of the metrics of one deployment: several may share an account, and its namespace. */
export function telemetryServiceOf(stage: string): string {
  return `${telemetryService}-${stage}`;
}

/** What a CDN in front of the API adds to each handshake, where the deployment wants that; no client sends it. */
export const edgeHeader = 'x-heliograph-edge';
