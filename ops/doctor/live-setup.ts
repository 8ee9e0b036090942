import { GetRoutesCommand, GetStageCommand } from '@aws-sdk/client-apigatewayv2';
import { DescribeUserPoolClientCommand, paginateListGroups } from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { type FunctionName, functionNames, type RouteKey, routeTable } from '../../functions/route-table.ts';
import { identityFrom, tableNameFrom, tokenPolicyFrom } from '../../functions/runtime/settings.ts';
import { deadlineShards, type TableName } from '../../functions/table-shapes.ts';
import { clientsOf, portsOf } from '../deployment/clients.ts';
import type { Deployment, Managed } from '../deployment/deployment.ts';
import { asking, askingFor, OperationFailed } from '../failure.ts';
import { fetchJson } from './fetch-json.ts';
import type { Setup, TableFacts } from './setup.ts';
import { emptyHandshake, type Visitor, visitAs } from './visit.ts';

type Live = {
  readonly deployment: Deployment;
  readonly visitor: Visitor | undefined;
  readonly now: () => number;
};

/** What is deployed, looked at through the APIs of AWS. */
export function liveSetup({ deployment, visitor, now }: Live): Setup {
  const { environment, managed, userPoolId } = deployment;
  const clients = clientsOf(deployment);
  const ports = portsOf(deployment);
  const endpoint = deployment.identity;
  const identity = identityFrom(environment);
  return {
    title: deployment.title,
    kind: deployment.kind,
    policy: tokenPolicyFrom(environment),
    clientIds: deployment.clientIds,
    moreClientIds: deployment.moreClientIds,
    acceptedClientIds: identity.clientIds,
    userPoolId,
    conventions: identity.conventions,
    functionsPoolId: identity.userPoolId,
    redeploy:
      deployment.kind === 'local'
        ? 'Stop `npm start` and start it again.'
        : 'Deploy again: npx cdk deploy --all.',
    now,
    client: (id) => clientFacts(clients.cognito(), { userPoolId, id, endpoint }),
    async groups() {
      const names: string[] = [];
      await asking({ action: 'cognito-idp:ListGroups', endpoint }, async () => {
        for await (const page of paginateListGroups(
          { client: clients.cognito() },
          { UserPoolId: userPoolId },
        )) {
          names.push(...(page.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []));
        }
      });
      return names;
    },
    table: (name) => tableFacts(clients.dynamoDb(), deployment, name),
    async overdueMs() {
      const at = now();
      const due = await asking({ action: 'dynamodb:Query', endpoint }, () =>
        Promise.all(
          Array.from({ length: deadlineShards }, (_, shard) =>
            ports.connections().due({ shard, now: at, limit: 1 }),
          ),
        ).catch((failure: unknown) => {
          throw failure instanceof Error && failure.cause !== undefined ? failure.cause : failure;
        }),
      );
      return Math.max(0, ...due.flat().map(({ dueAt }) => at - dueAt));
    },
    jwks: () =>
      fetchJson(
        identity.jwksUri ??
          `https://cognito-idp.${deployment.region}.amazonaws.com/${identity.userPoolId}/.well-known/jwks.json`,
      ),
    handshake: () => emptyHandshake(deployment.gateway),
    visit: visitor && (() => visitAs(deployment, visitor)),
    managed: managed && managedFacts(deployment, managed),
  };
}

async function clientFacts(
  client: ReturnType<ReturnType<typeof clientsOf>['cognito']>,
  { userPoolId, id, endpoint }: { userPoolId: string; id: string; endpoint: string | undefined },
) {
  const found = await askingFor({ action: 'cognito-idp:DescribeUserPoolClient', endpoint }, () =>
    client.send(new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: id })),
  );
  const of = found?.UserPoolClient;
  if (of === undefined) return undefined;
  const { TokenValidityUnits: units } = of;
  return {
    access: { value: of.AccessTokenValidity, unit: units?.AccessToken },
    id: { value: of.IdTokenValidity, unit: units?.IdToken },
    refresh: { value: of.RefreshTokenValidity, unit: units?.RefreshToken },
    flows: of.ExplicitAuthFlows ?? [],
    rotation: of.RefreshTokenRotation?.Feature === 'ENABLED',
    revocation: of.EnableTokenRevocation ?? false,
    hasSecret: of.ClientSecret !== undefined && of.ClientSecret !== '',
  };
}

async function tableFacts(
  client: ReturnType<ReturnType<typeof clientsOf>['dynamoDb']>,
  { environment, identity, kind }: Deployment,
  name: TableName,
): Promise<TableFacts | undefined> {
  const TableName = tableNameFrom(environment, name);
  const found = await askingFor({ action: 'dynamodb:DescribeTable', endpoint: identity }, () =>
    client.send(new DescribeTableCommand({ TableName })),
  );
  const table = found?.Table;
  if (table === undefined) return undefined;
  // The embedded store knows no expiry of rows.
  const ttl =
    kind === 'local'
      ? undefined
      : await asking({ action: 'dynamodb:DescribeTimeToLive', endpoint: identity }, () =>
          client.send(new DescribeTimeToLiveCommand({ TableName })),
        );
  const described = ttl?.TimeToLiveDescription;
  const isOn = described?.TimeToLiveStatus === 'ENABLED' || described?.TimeToLiveStatus === 'ENABLING';
  return {
    status: table.TableStatus ?? 'unknown',
    keys: keysOf(table.KeySchema),
    indexes: (table.GlobalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName ?? '',
      keys: keysOf(index.KeySchema),
      // Emulators list an index without its status.
      status: index.IndexStatus ?? 'ACTIVE',
    })),
    ttl: kind === 'local' ? null : isOn ? described?.AttributeName : undefined,
  };
}

/** The partition key first. */
function keysOf(schema: readonly KeySchemaElement[] = []): string[] {
  return [...schema]
    .sort((a) => (a.KeyType === 'HASH' ? -1 : 1))
    .flatMap(({ AttributeName }) => AttributeName ?? []);
}

function managedFacts(deployment: Deployment, managed: Managed): NonNullable<Setup['managed']> {
  const clients = clientsOf(deployment);
  const endpoint = deployment.identity;
  const { apiId, stageName, scheduleName } = managed;
  const ofApi = { ApiId: apiId };
  return {
    routeResponses: deployment.kind === 'aws',
    expectedRoutes: Object.keys(routeTable) as RouteKey[],
    cleanupFunction: managed.functionNames.cleanup,
    async stage() {
      const client = clients.apiGateway();
      const stage = await askingFor({ action: 'apigateway:GET', endpoint }, () =>
        client.send(new GetStageCommand({ ...ofApi, StageName: stageName })),
      );
      if (stage === undefined) return undefined;
      const { Items = [] } = await asking({ action: 'apigateway:GET', endpoint }, () =>
        client.send(new GetRoutesCommand({ ...ofApi, MaxResults: '100' })),
      );
      const settings = stage.DefaultRouteSettings;
      return {
        logsMessages: settings?.DataTraceEnabled === true || (settings?.LoggingLevel ?? 'OFF') !== 'OFF',
        routes: Items.map(({ RouteKey: key = '', RouteResponseSelectionExpression, Target }) => ({
          key,
          responds: RouteResponseSelectionExpression !== undefined,
          hasTarget: Target !== undefined && Target !== '',
        })),
        throttle: settings?.ThrottlingRateLimit,
      };
    },
    async schedule() {
      if (scheduleName === undefined) return undefined;
      const found = await askingFor({ action: 'scheduler:GetSchedule', endpoint }, () =>
        clients.scheduler().send(new GetScheduleCommand({ Name: scheduleName })),
      );
      if (found === undefined) return undefined;
      const { State, ScheduleExpression = '', Target } = found;
      return { enabled: State === 'ENABLED', expression: ScheduleExpression, target: Target?.Arn ?? '' };
    },
    functions: () =>
      Promise.all(
        functionNames.map(async (name: FunctionName) => {
          const FunctionName = managed.functionNames[name];
          const found =
            FunctionName === undefined
              ? undefined
              : await askingFor({ action: 'lambda:GetFunctionConfiguration', endpoint }, () =>
                  clients.lambda().send(new GetFunctionConfigurationCommand({ FunctionName })),
                );
          return { name, state: found === undefined ? 'missing' : (found.State ?? 'Active') };
        }),
      ),
  };
}

/** @throws {OperationFailed} naming what its functions are not told. */
export function requireSettings({ environment, title }: Deployment): void {
  try {
    tokenPolicyFrom(environment);
    identityFrom(environment);
  } catch (cause) {
    throw new OperationFailed(
      `The functions of ${title} lack a setting that they need.`,
      'They were deployed by another version, or changed by hand: npx cdk deploy --all.',
      cause,
    );
  }
}
