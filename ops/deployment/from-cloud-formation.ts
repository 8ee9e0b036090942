import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import type { Environment } from '../../functions/runtime/settings.ts';
import { type Asking, asking, askingFor, OperationFailed } from '../failure.ts';
import { awsSettings } from './aws-settings.ts';
import type { Deployment, Managed } from './deployment.ts';
import type { Where } from './locate.ts';

/** The stacks without which there is nothing to operate. */
const parts = ['Identity', 'Store', 'Signaling'] as const;
type Part = (typeof parts)[number];

/** Stacks whose resources are all there. */
const wholeStates = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'];

/** The stacks of the stage, and what their functions are told. Reads only. @throws {OperationFailed} */
export async function locateByCloudFormation({ stage, env }: Where): Promise<Deployment> {
  const settings = awsSettings(env);
  const client = new CloudFormationClient(settings);
  const endpoint = env.AWS_ENDPOINT_URL;
  const region = await asking({ action: 'cloudformation:DescribeStacks', endpoint }, () =>
    client.config.region(),
  );
  const ask = (action: string): Asking => ({ action, endpoint });
  // The construct has all in one stack, of whatever name.
  const nameOf = (part: Part) => env.HELIOGRAPH_STACK || `Heliograph-${stage}-${part}`;

  const described = await Promise.all(
    parts.map(async (part): Promise<[Part, Stack | undefined]> => {
      const found = await askingFor(ask('cloudformation:DescribeStacks'), () =>
        client.send(new DescribeStacksCommand({ StackName: nameOf(part) })),
      );
      return [part, found?.Stacks?.[0]];
    }),
  );
  const stacks = requireWhole(withoutOwnPool(new Map(described)), { nameOf, stage, region });

  const resources: StackResourceSummary[] = [];
  await asking(ask('cloudformation:ListStackResources'), async () => {
    for await (const page of paginateListStackResources({ client }, { StackName: nameOf('Signaling') })) {
      resources.push(...(page.StackResourceSummaries ?? []));
    }
  });
  const managed = managedFrom(resources);
  const identity = outputsOf(stacks.Identity);
  const environment = await environmentOf(new LambdaClient(settings), { managed, ask });
  const stageUrl = outputsOf(stacks.Signaling).WebSocketUrl ?? '';
  const isEmulator = endpoint !== undefined && endpoint !== '';
  return {
    title: `stage ${stage} in ${region}${isEmulator ? ` on the emulator at ${endpoint}` : ''}`,
    kind: isEmulator ? 'emulator' : 'aws',
    region,
    gateway: isEmulator ? emulatedGateway(endpoint, managed) : stageUrl,
    userPoolId: identity.UserPoolId ?? '',
    clientIds: { robots: identity.RobotsClientId ?? '', people: identity.PeopleClientId ?? '' },
    moreClientIds: (identity.MoreClientIds ?? '').split(',').filter((id) => id !== ''),
    identity: isEmulator ? endpoint : undefined,
    environment: {
      ...credentialsIn(env),
      ...environment,
      AWS_REGION: region,
      ...(isEmulator && { AWS_ENDPOINT_URL: endpoint }),
    },
    managed,
    eventsUrl: undefined,
  };
}

/** Of an existing user pool there is no stack: the ids are among the outputs of the signaling. */
function withoutOwnPool(stacks: Map<Part, Stack | undefined>): ReadonlyMap<Part, Stack | undefined> {
  const signaling = stacks.get('Signaling');
  const standsIn = signaling !== undefined && outputsOf(signaling).UserPoolId !== undefined;
  return standsIn && stacks.get('Identity') === undefined ? stacks.set('Identity', signaling) : stacks;
}

function requireWhole(
  stacks: ReadonlyMap<Part, Stack | undefined>,
  of: { nameOf: (part: Part) => string; stage: string; region: string },
): Record<Part, Stack> {
  const missing = parts.filter((part) => stacks.get(part) === undefined);
  if (missing.length === parts.length) {
    throw new OperationFailed(
      `There is no Heliograph of the stage ${of.stage} in ${of.region}.`,
      `Set AWS_REGION to where it is, or give --stage; else deploy it: npx cdk deploy --all -c heliograph:stage=${of.stage}.`,
    );
  }
  const broken = parts.flatMap((part) => {
    const status = stacks.get(part)?.StackStatus;
    if (status === undefined) return [`${of.nameOf(part)} is missing`];
    return wholeStates.includes(status) ? [] : [`${of.nameOf(part)} is ${status}`];
  });
  const [identity, store, signaling] = parts.map((part) => stacks.get(part));
  if (broken.length > 0 || identity === undefined || store === undefined || signaling === undefined) {
    const isUnderWay = broken.some((text) => text.endsWith('IN_PROGRESS'));
    throw new OperationFailed(
      `The stage ${of.stage} in ${of.region} is half deployed: ${broken.join(', ')}.`,
      isUnderWay
        ? 'A deployment is under way: wait until it has ended.'
        : `Finish it: npx cdk deploy --all -c heliograph:stage=${of.stage}; the events of the stack in CloudFormation say what failed.`,
    );
  }
  return { Identity: identity, Store: store, Signaling: signaling };
}

function outputsOf({ Outputs = [] }: Stack): Record<string, string | undefined> {
  return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]));
}

function managedFrom(resources: readonly StackResourceSummary[]): Managed {
  const physical = (type: string, prefix = ''): string | undefined =>
    resources.find(
      ({ ResourceType, LogicalResourceId = '' }) =>
        // In a stack of somebody else's it begins with the path of the construct.
        ResourceType === type && LogicalResourceId.includes(prefix),
    )?.PhysicalResourceId;
  const perFunction = (type: string, part: string) =>
    Object.fromEntries(
      functionNames.flatMap((name) => {
        const id = physical(type, `Functions${name.charAt(0).toUpperCase()}${name.slice(1)}${part}`);
        return id === undefined ? [] : [[name, id]];
      }),
    ) as Partial<Record<FunctionName, string>>;
  return {
    apiId: physical('AWS::ApiGatewayV2::Api') ?? '',
    stageName: physical('AWS::ApiGatewayV2::Stage')?.split('/').at(-1) ?? '',
    // Some name it by its ARN, and by the group that it is in.
    scheduleName: physical('AWS::Scheduler::Schedule')?.split(/[/|]/).at(-1),
    functionNames: perFunction('AWS::Lambda::Function', 'Function'),
    logGroupNames: perFunction('AWS::Logs::LogGroup', 'Logs'),
  };
}

/** Of all functions together: each is told a part, and where two are told the same they are told the same value. */
async function environmentOf(
  client: LambdaClient,
  { managed, ask }: { managed: Managed; ask: (action: string) => Asking },
): Promise<Environment> {
  const names = Object.values(managed.functionNames);
  const each = await Promise.all(
    names.map(async (FunctionName) => {
      const found = await askingFor(ask('lambda:GetFunctionConfiguration'), () =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName })),
      );
      return Object.entries(found?.Environment?.Variables ?? {}).filter(([name]) =>
        name.startsWith('HELIOGRAPH_'),
      );
    }),
  );
  return Object.fromEntries(each.flat());
}

function credentialsIn(env: Environment): Environment {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** By path: names below `execute-api` would need a DNS of their own. */
function emulatedGateway(endpoint: string, { apiId, stageName }: Managed): string {
  const { host } = new URL(endpoint);
  return `ws://${host}/_aws/execute-api/${apiId}/${stageName}`;
}
