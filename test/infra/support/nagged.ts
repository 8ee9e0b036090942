import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import { parseConfig } from '../../../lib/config.ts';
import { addHeliograph } from '../../../lib/heliograph-app.ts';
import { SignalingEdge } from '../../../lib/signaling-edge.ts';

export type NagFinding = { readonly rule: string; readonly path: string };

/** What is deployed in one way or another: each with the settings of that way, and the number of its stacks. */
export type Deployed = {
  readonly name: string;
  readonly stacks: number;
  readonly context?: Readonly<Record<string, unknown>>;
  /** Beside the stacks of the settings. */
  readonly more?: (app: App) => void;
};

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11';
const domain = { name: 'origin.example.org', certificateArn };
const peer = { apiId: 'abc123def4' };
const edgeSecretName = 'heliograph/edge';

/** Every way of deploying that the settings know and that makes other resources than the default. */
export const deployments: readonly Deployed[] = [
  { name: 'by default', stacks: 4 },
  {
    name: 'the second of two regions',
    stacks: 3,
    context: {
      regions: {
        home: {
          region: 'eu-central-1',
          tables: { connections: 'H-C', robotSessions: 'H-R', clientSessions: 'H-S', directory: 'H-D' },
        },
        peers: [{ ...peer, region: 'eu-central-1' }],
      },
    },
  },
  {
    name: 'the first of two regions',
    stacks: 4,
    context: { regions: { peers: [{ ...peer, region: 'us-east-1' }] } },
  },
  {
    name: 'behind CloudFront and WAF',
    stacks: 5,
    context: { domain: { ...domain, only: true, edgeSecretName } },
    more: (app) => {
      const stack = new Stack(app, 'Edge', { env: { region: 'us-east-1', account: '123456789012' } });
      new SignalingEdge(stack, 'Edge', {
        originDomainName: domain.name,
        edgeSecretName,
        domainName: 'wss.example.org',
        certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn),
      });
    },
  },
  {
    name: 'with a domain and its records',
    stacks: 4,
    context: { domain: { ...domain, hostedZone: { id: 'Z0123456789ABC', name: 'example.org' } } },
  },
  {
    name: 'with TURN servers',
    stacks: 4,
    context: { turn: { urls: ['turn:turn.example.org'], secretName: 'turn/shared' } },
  },
  {
    name: 'with a pool that was there before',
    stacks: 3,
    context: {
      identity: {
        userPoolId: 'eu-central-1_Own',
        userPoolClients: { robots: '1robots', people: '2people', more: ['3legacy'] },
      },
    },
  },
  { name: 'with the console', stacks: 5, context: { console: {} } },
  {
    name: 'with mail and a topic for alarms',
    stacks: 4,
    context: {
      alarmEmail: 'on-call@example.org',
      alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:on-call',
    },
  },
  {
    name: 'with a key of theirs',
    stacks: 4,
    context: {
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11',
    },
  },
];

/** What cdk-nag finds in it, logical ids cut to their names. */
export function nagged({ context = {}, more, stacks }: Deployed): readonly NagFinding[] {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const settings = Object.entries({ stage: 'nag', ...context });
  const config = parseConfig(
    Object.fromEntries(settings.map(([key, value]) => [`heliograph:${key}`, value])),
  );
  addHeliograph(app, config, { console: consolePage() });
  more?.(app);
  const made = app.node.children.filter((child) => Stack.isStack(child));
  if (made.length !== stacks) {
    throw new Error(`${made.length} stacks were made: ${made.map(({ node }) => node.id).join(', ')}.`);
  }
  const packs: readonly NagPack[] = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
  return packs.flatMap((pack) =>
    pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({
        rule: withoutHashes(ruleName),
        path: constructPath ?? '',
      })),
    ),
  );
}

/** A page, for the stack that deploys it; what is on it is no matter here. */
function consolePage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-nag-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  return folder;
}

/** `<SignalingApiF354EF61>` is `<SignalingApi>`, the three methods of `@connections` are one, and so are all peers. */
function withoutHashes(rule: string): string {
  return rule
    .replace(/(<[A-Za-z]+?)[0-9A-F]{8}/g, '$1')
    .replace(/\/v1\/(GET|POST|DELETE)\//, '/v1/*/')
    .replace(`:${peer.apiId}/`, ':<Peer>/')
    .replace(/:execute-api:[a-z]+-[a-z]+-\d:/, ':execute-api:<PeerRegion>:');
}
