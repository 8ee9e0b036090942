import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnIntegrationResponse,
  CfnStage,
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketIntegration,
  type WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  WebSocketLambdaIntegration,
  WebSocketMockIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Route, type RoutedFunction, routeTable } from '../../functions/route-table.ts';
import { accessLogFormat } from './access-log-format.ts';
import type { ManagementMethod } from './function-access.ts';
import type { HeliographFunction } from './heliograph-function.ts';

export type WebSocketSignalingApiProps = {
  readonly apiName: string;
  readonly functions: Readonly<Record<RoutedFunction, HeliographFunction>>;
  /** Messages per second of the stage, and the burst above it. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly logRetention: RetentionDays;
  /** What the access log is encrypted by; undefined: by CloudWatch’s own key. */
  readonly logKey: IKey | undefined;
  /** `false` leaves out route and integration responses, for emulators that cannot create them. */
  readonly routeResponses: boolean;
  /** `false` closes the default `execute-api` endpoint. */
  readonly defaultEndpoint: boolean;
  /** APIs of other regions whose sockets are posted to from here. */
  readonly peers: readonly { readonly region: string; readonly apiId: string }[];
};

const stageName = 'v1';

const integrationId = 'Integration';

/** Key of the only template of a mock integration, of its only response, and of a route's only response. */
const onlyOne = '$default';

/** The WebSocket API, made from the route table: one route per key, and a stage. */
export class WebSocketSignalingApi extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  private readonly peers: WebSocketSignalingApiProps['peers'];

  constructor(scope: Construct, id: string, props: WebSocketSignalingApiProps) {
    super(scope, id);
    this.peers = props.peers;

    this.api = new WebSocketApi(this, 'Api', {
      apiName: props.apiName,
      routeSelectionExpression: '$request.body.action',
    });
    if (!props.defaultEndpoint) this.closeDefaultEndpoint();
    for (const [routeKey, route] of Object.entries<Route>(routeTable)) this.addRoute(routeKey, route, props);

    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      ...(props.logKey === undefined ? {} : { encryptionKey: props.logKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: { rateLimit: props.throttle.rate, burstLimit: props.throttle.burst },
      // Metrics per route are billed as custom metrics; the stage's own are free and the functions count by route.
      detailedMetricsEnabled: false,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    });
    this.forbidExecutionLogs();
  }

  /** What a function may do with the sockets of this stage and of its peers' in other regions, and of no other. */
  allowManagement(user: HeliographFunction, methods: readonly ManagementMethod[]): void {
    user.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: ['execute-api:ManageConnections'],
        resources: [{ apiId: this.api.apiId }, ...this.peers].flatMap(({ apiId, ...of }) =>
          methods.map((method) =>
            Stack.of(this).formatArn({
              ...of,
              service: 'execute-api',
              resource: apiId,
              resourceName: `${stageName}/${method}/@connections/*`,
            }),
          ),
        ),
      }),
    );
  }

  private addRoute(routeKey: string, route: Route, props: WebSocketSignalingApiProps): void {
    const { integration } = route;
    const added = this.api.addRoute(routeKey, {
      integration:
        integration.type === 'lambda'
          ? new WebSocketLambdaIntegration(integrationId, props.functions[integration.function].lambda)
          : // The template's only task is to name the status by which the response is chosen.
            new WebSocketMockIntegration(integrationId, {
              requestTemplates: { [onlyOne]: JSON.stringify({ statusCode: 200 }) },
            }),
      returnResponse: route.responds && props.routeResponses,
    });
    // On routes that do not respond too: a non-proxy integration must have one, and without a route response it says nothing.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
    if (integration.type === 'mock' && props.routeResponses) {
      new CfnIntegrationResponse(added, 'IntegrationResponse', {
        apiId: this.api.apiId,
        integrationId: integrationIdOf(added),
        integrationResponseKey: onlyOne,
        ...(integration.reply === undefined ? {} : { responseTemplates: { [onlyOne]: integration.reply } }),
      });
    }
  }

  /** The L2 has no property for it. */
  private closeDefaultEndpoint(): void {
    const api = this.api.node.defaultChild;
    if (!(api instanceof CfnApi)) throw new Error('The L2 API no longer wraps a CfnApi.');
    api.disableExecuteApiEndpoint = true;
  }

  /** Execution logs hold whole messages, hence SDP and tokens (I9): off by name, not by default. */
  private forbidExecutionLogs(): void {
    const stage = this.stage.node.defaultChild;
    if (!(stage instanceof CfnStage)) throw new Error('The L2 stage no longer wraps a CfnStage.');
    stage.addPropertyOverride('DefaultRouteSettings.DataTraceEnabled', false);
    stage.addPropertyOverride('DefaultRouteSettings.LoggingLevel', 'OFF');
  }
}

/** The L2 route makes its integration as its child and does not give it away. */
function integrationIdOf(route: WebSocketRoute): string {
  const integration = route.node.findChild(integrationId);
  if (!(integration instanceof WebSocketIntegration))
    throw new Error('The L2 route no longer owns its integration.');
  return integration.integrationId;
}
