import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Route, routeTable } from '../../functions/route-table.ts';
import { rendered } from './support/rendered.ts';
import { type Resource, resourcesOf, synthesized, theResource } from './support/synthesized.ts';

const stacks = synthesized();
const { signaling } = stacks;
const routes = Object.entries<Route>(routeTable);

const byKey = new Map(
  resourcesOf(signaling, 'AWS::ApiGatewayV2::Route').map(([id, route]) => [
    z.string().parse(route.Properties.RouteKey),
    { id, properties: route.Properties },
  ]),
);

function routeOf(key: string) {
  const route = byKey.get(key);
  if (route === undefined) throw new Error(`There is no route ${key}.`);
  return route;
}

function integrationOf(key: string): Resource {
  const id = /^integrations\/\{(.+)\}$/.exec(rendered(routeOf(key).properties.Target, stacks))?.[1] ?? '';
  return theResource(signaling, 'AWS::ApiGatewayV2::Integration', id);
}

function belongingTo(type: string, property: string, logicalId: string): Resource[] {
  return resourcesOf(signaling, type)
    .map(([, resource]) => resource)
    .filter((resource) => rendered(resource.Properties[property], stacks) === `{${logicalId}}`);
}

describe('the API', () => {
  test('has a route per key of the route table, and none else', () => {
    expect([...byKey.keys()].sort()).toEqual(routes.map(([key]) => key).sort());
    expect(resourcesOf(signaling, 'AWS::ApiGatewayV2::Route')).toHaveLength(routes.length);
  });

  test('selects the route by the action', () => {
    signaling.template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    });
  });

  test.each(routes)('%s goes where the route table says', (key, { integration }) => {
    const { IntegrationType, IntegrationUri } = integrationOf(key).Properties;
    if (integration.type === 'mock') {
      expect(IntegrationType).toBe('MOCK');
    } else {
      const lambda = `{Functions${integration.function.charAt(0).toUpperCase()}${integration.function.slice(1)}Function`;
      expect(IntegrationType).toBe('AWS_PROXY');
      expect(rendered(IntegrationUri, stacks)).toContain(lambda);
    }
  });

  test.each(routes)('%s answers only if the route table says so', (key, { responds }) => {
    const { id, properties } = routeOf(key);
    const responses = belongingTo('AWS::ApiGatewayV2::RouteResponse', 'RouteId', id);
    expect(responses.map(({ Properties }) => Properties.RouteResponseKey)).toEqual(
      responds ? ['$default'] : [],
    );
    expect(properties.RouteResponseSelectionExpression).toBe(responds ? '$default' : undefined);
  });

  test('ping is answered by the gateway with the fixed text', () => {
    const [id = ''] =
      resourcesOf(signaling, 'AWS::ApiGatewayV2::Integration').find(([, r]) => r === integrationOf('ping')) ??
      [];
    const responses = belongingTo('AWS::ApiGatewayV2::IntegrationResponse', 'IntegrationId', id);
    expect(responses.map(({ Properties }) => Properties.ResponseTemplates)).toEqual([
      { $default: '{"type":"pong"}' },
    ]);
    expect(integrationOf('ping').Properties.RequestTemplates).toEqual({ $default: '{"statusCode":200}' });
  });

  test('keepAlive has no text to answer with', () => {
    const templates = resourcesOf(signaling, 'AWS::ApiGatewayV2::IntegrationResponse')
      .filter(([id]) => id.includes('keepAlive'))
      .map(([, { Properties }]) => Properties.ResponseTemplates);
    expect(templates).toEqual([undefined]);
  });

  test('leaves out what an emulator cannot create, and nothing else', () => {
    const emulated = synthesized({ 'heliograph:emulator': { routeResponses: false } }).signaling;
    const types = (stack: typeof signaling): string[] =>
      Object.values(stack.json.Resources)
        .map(({ Type }) => Type)
        .filter((type) => !/^AWS::ApiGatewayV2::(Route|Integration)Response$/.test(type))
        .sort();
    expect(resourcesOf(emulated, 'AWS::ApiGatewayV2::RouteResponse')).toEqual([]);
    expect(resourcesOf(emulated, 'AWS::ApiGatewayV2::IntegrationResponse')).toEqual([]);
    expect(types(emulated)).toEqual(types(signaling));
  });
});

describe('the stage', () => {
  const stage = theResource(signaling, 'AWS::ApiGatewayV2::Stage');

  test('deploys itself as v1, throttled below what the account has', () => {
    expect(stage.Properties).toMatchObject({ StageName: 'v1', AutoDeploy: true });
    expect(stage.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 2_000,
      ThrottlingBurstLimit: 1_000,
    });
  });

  test('takes its throttle from the configuration', () => {
    const other = synthesized({ 'heliograph:throttle': { rate: 50, burst: 7 } }).signaling;
    other.template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: Match.objectLike({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 7 }),
    });
  });

  test('writes no execution logs, which would hold whole messages (I9)', () => {
    expect(stage.Properties.DefaultRouteSettings).toMatchObject({
      DataTraceEnabled: false,
      LoggingLevel: 'OFF',
    });
    expect(stage.Properties.RouteSettings).toBeUndefined();
  });

  test('writes access logs of which no field can hold a query string, a header or a body (I9)', () => {
    const harmless = [
      '$context.connectionId',
      '$context.error.responseType',
      '$context.eventType',
      '$context.identity.sourceIp',
      '$context.integrationLatency',
      '$context.requestId',
      '$context.requestTimeEpoch',
      '$context.routeKey',
      '$context.status',
    ];
    const { Format } = z.looseObject({ Format: z.string() }).parse(stage.Properties.AccessLogSettings);
    const fields = z.record(z.string(), z.string()).parse(JSON.parse(Format));
    expect(Object.values(fields).sort()).toEqual(harmless);
  });

  test('has the role that its access logs need, made before it and kept after it', () => {
    const account = theResource(signaling, 'AWS::ApiGateway::Account');
    expect(account.DeletionPolicy).toBe('Retain');
    expect(stage.DependsOn).toContainEqual(expect.stringMatching(/^ApiGatewayLogRoleAccount/));
  });

  test('leaves the role of the account alone where the configuration says that there is one', () => {
    const other = synthesized({ 'heliograph:apiGatewayLogRole': 'existing' }).signaling;
    other.template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  test('gives its URL', () => {
    const [url] = Object.values(signaling.template.findOutputs('WebSocketUrl'));
    expect(rendered(url?.Value, stacks)).toMatch(
      /^wss:\/\/\{SignalingApi.+\}\.execute-api\.\{AWS::Region\}\.\{AWS::URLSuffix\}\/v1$/,
    );
  });
});
