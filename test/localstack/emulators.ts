/** The emulators that are told apart, by who answers at the endpoint. */
export type EmulatorName = 'ministack' | 'localstack';

export type Emulator = {
  readonly name: EmulatorName;
  /** Where it listens. */
  readonly endpoint: URL;
};

const healthPaths: Readonly<Record<EmulatorName, string>> = {
  // First, since MiniStack answers on LocalStack's path too.
  ministack: '/_ministack/health',
  localstack: '/_localstack/health',
};

const howToStart = `Start one first, for example MiniStack, which needs Python 3.10 or later and nothing else:

  python3 -m venv .emulator/venv
  .emulator/venv/bin/pip install ministack==1.5.33 cryptography==50.0.2
  BIND_HOST=127.0.0.1 LAMBDA_EXECUTOR=local AUTH=true PATH="$PWD/node_modules/.bin:$PATH" .emulator/venv/bin/ministack

then, in another shell: AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run test:localstack
(.ci/run does all of this.)`;

/**
 * The emulator at `AWS_ENDPOINT_URL`.
 *
 * @throws {Error} saying how to start one, when none answers. Never goes on to AWS itself.
 */
export async function findEmulator(endpointUrl: string | undefined): Promise<Emulator> {
  if (endpointUrl === undefined || endpointUrl === '') {
    throw new Error(`AWS_ENDPOINT_URL is not set, so there is no emulator to deploy to.\n\n${howToStart}`);
  }
  const endpoint = new URL(endpointUrl);
  // An address, so that S3 is addressed by path: `bucket.localhost` resolves only on some machines.
  if (endpoint.hostname === 'localhost') endpoint.hostname = '127.0.0.1';
  for (const name of ['ministack', 'localstack'] as const) {
    if (await answers(new URL(healthPaths[name], endpoint))) return { name, endpoint };
  }
  throw new Error(`No emulator answers at ${endpoint.origin}.\n\n${howToStart}`);
}

async function answers(url: URL): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** The setting `heliograph:emulator` that fits (see `lib/config.ts`). */
export function emulatorConfig({ name, endpoint }: Emulator) {
  const fromFunctions = originFromFunctions(name, endpoint);
  return {
    // MiniStack's CloudFormation knows neither route responses nor integration responses. Its gateway answers all the same.
    routeResponses: name !== 'ministack',
    // Nor alarms on metric math.
    operations: name !== 'ministack',
    managementEndpoint: `${fromFunctions}/_aws/execute-api/{apiId}/v1`,
    jwksUri: `${fromFunctions}/{userPoolId}/.well-known/jwks.json`,
  };
}

/** LocalStack runs functions in containers, where its own name leads back to it. Not tried: WebSocket APIs are in its paid tier. */
function originFromFunctions(name: EmulatorName, endpoint: URL): string {
  return name === 'ministack' ? endpoint.origin : `https://localhost.localstack.cloud:${endpoint.port}`;
}

/** Where a client reaches a WebSocket API: by path, since names below `execute-api` need a DNS of their own. */
export function gatewayUrl({ endpoint }: Emulator, apiId: string): string {
  return `ws://${endpoint.host}/_aws/execute-api/${apiId}/v1`;
}
