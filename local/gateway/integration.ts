import type { GatewayCore } from './gateway-core.ts';
import { lambdaContext } from './lambda-context.ts';
import type { GatewayIntegration, LambdaFunction } from './options.ts';
import { type ProxyResponse, parseProxyResponse } from './proxy-response.ts';

export type IntegrationOutcome =
  | { type: 'answered'; response: ProxyResponse }
  | { type: 'failed'; failure: 'malformed' }
  | { type: 'failed'; failure: 'threw'; error: unknown }
  | { type: 'timedOut' };

/** Invokes the integration of a route and reports its failures. Never rejects. */
export async function invokeIntegration(
  core: GatewayCore,
  route: { integration: GatewayIntegration; routeKey: string; connectionId: string },
  event: unknown,
): Promise<IntegrationOutcome> {
  const { integration, routeKey, connectionId } = route;
  if (integration.type === 'mock') {
    return {
      type: 'answered',
      response: { statusCode: 200, headers: new Map(), body: integration.reply ?? '' },
    };
  }
  const outcome = await invokeLambda(core, { invoke: integration.invoke, routeKey }, event);
  if (outcome.type === 'timedOut') {
    core.report({ type: 'integrationFailed', connectionId, routeKey, failure: 'timedOut' });
  }
  if (outcome.type === 'failed') {
    const thrown = outcome.failure === 'threw' ? describeThrown(outcome.error) : {};
    core.report({ type: 'integrationFailed', connectionId, routeKey, failure: outcome.failure, ...thrown });
  }
  return outcome;
}

async function invokeLambda(
  core: GatewayCore,
  lambda: { invoke: LambdaFunction; routeKey: string },
  event: unknown,
): Promise<IntegrationOutcome> {
  const { region, integrationTimeoutMs } = core.settings;
  const functionName = lambda.routeKey.replace(/^\$/, '');
  const context = lambdaContext({ functionName, region, timeoutMs: integrationTimeoutMs });
  const outcome = Promise.withResolvers<IntegrationOutcome>();
  const timer = setTimeout(() => outcome.resolve({ type: 'timedOut' }), integrationTimeoutMs);
  // The handler runs on after the gateway has given up on it, as a Lambda does.
  core.work.track(
    runHandler(lambda.invoke, event, context)
      .then(outcome.resolve)
      .finally(() => clearTimeout(timer)),
  );
  return outcome.promise;
}

async function runHandler(
  invoke: LambdaFunction,
  event: unknown,
  context: unknown,
): Promise<IntegrationOutcome> {
  try {
    const result = throughJson(await invoke(throughJson(event), context));
    const response = parseProxyResponse(result);
    return response === undefined ? { type: 'failed', failure: 'malformed' } : { type: 'answered', response };
  } catch (error) {
    return { type: 'failed', failure: 'threw', error };
  }
}

/** Lambda passes JSON both ways, so that what cannot be written as JSON does not pass here either. */
function throughJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? null : JSON.parse(text);
}

/** Not the message: it may quote the payload. */
function describeThrown(error: unknown): { errorName?: string; thrownAt?: string } {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const thrownAt = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return thrownAt === undefined
    ? { errorName: error.name }
    : { errorName: error.name, thrownAt: thrownAt.trim() };
}
