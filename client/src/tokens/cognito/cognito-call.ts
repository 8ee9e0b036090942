import type { Clock } from '../../environment/clock.ts';
import { within } from '../../environment/time-limit.ts';
import { isRecord } from '../../wire/guards.ts';
import { TokenUnavailable } from '../token-source.ts';

/** What is used of `fetch`. */
export type Fetch = (
  url: string,
  request: { method: string; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>;

export type CognitoEndpoint = {
  /** `https://cognito-idp.<region>.amazonaws.com`, or a local one. */
  readonly url: string;
  readonly clientId: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
};

const answerWithinMs = 10_000;

/** Cognito's names of what may be gone at the next try. Without a name, the status decides. */
const retryableNames: readonly string[] = [
  'TooManyRequestsException',
  'LimitExceededException',
  'InternalErrorException',
  'InternalServerException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'RequestTimeout',
  'LambdaThrottledException',
  'UnexpectedLambdaException',
  'InvalidLambdaResponseException',
];

/**
 * One call of Cognito's JSON API, by plain `fetch`.
 *
 * @throws {TokenUnavailable} final only when Cognito itself said so by name: a proxy's 401, a captive
 * portal's HTML and a gateway's 500 say nothing about the sign-in.
 */
export async function callCognito(
  { url, fetch, clock }: CognitoEndpoint,
  operation: string,
  request: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const stop = new AbortController();
  const { ok, status, text } = await within(
    clock,
    { ms: answerWithinMs, what: 'Cognito' },
    post({ url, fetch, signal: stop.signal }, operation, request),
  ).catch((cause: unknown): never => {
    // A call that nobody waits for would keep the process, and its socket, for minutes.
    stop.abort();
    throw new TokenUnavailable('Cognito cannot be reached.', { retryable: true, code: 'unreachable', cause });
  });
  const body = parse(text);
  if (ok && body) return body;
  throw refusal(operation, status, body);
}

async function post(
  { url, fetch, signal }: Pick<CognitoEndpoint, 'url' | 'fetch'> & { signal: AbortSignal },
  operation: string,
  request: unknown,
) {
  const response = await fetch(url, {
    signal,
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(request),
  });
  return { ok: response.ok, status: response.status, text: await response.text() };
}

function refusal(operation: string, status: number, body: Readonly<Record<string, unknown>> | undefined) {
  const type = body?.__type;
  if (typeof type !== 'string') {
    return new TokenUnavailable(`${operation} was answered with status ${status}, and not by Cognito.`, {
      retryable: true,
      code: `http_${status}`,
    });
  }
  // AWS may put a namespace before the name: com.amazonaws.cognito…#NotAuthorizedException
  const code = type.split('#').at(-1) ?? type;
  const words = typeof body?.message === 'string' ? body.message : '';
  // The lock-out has the name of a wrong password and is told apart by its text alone.
  const retryable =
    retryableNames.includes(code) ||
    status === 429 ||
    status >= 500 ||
    words === 'Password attempts exceeded';
  return new TokenUnavailable(`Cognito refused ${operation}: ${code}.`, { retryable, code, cause: words });
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
