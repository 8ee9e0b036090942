import * as z from 'zod/mini';

/**
 * What AWS, or the way to it, gave in place of an answer. It holds facts alone (I9): neither what was
 * sent, nor what came back, which a proxy or an emulator may fill with what it received. Its fields are
 * named as the SDK names those of its errors, so that whoever sorts failures needs no second rule.
 */
export class AwsFailure extends Error {
  /** As the service names it; `TimeoutError` where an attempt, or all of them, took too long or the connection was lost. */
  override readonly name: string;
  /** None: what was thrown below may hold the request. */
  declare readonly cause?: never;
  /** Node's own code where no answer came, such as `ECONNREFUSED`. */
  readonly code?: string;
  readonly $metadata: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    attempts?: number;
  };

  constructor(name: string, facts: { status?: number; requestId?: string; code?: string } = {}) {
    const { status, requestId, code } = facts;
    super(status === undefined ? 'no answer' : `HTTP ${status}`);
    this.name = name;
    if (code !== undefined) this.code = code;
    this.$metadata = {
      ...(status !== undefined && { httpStatusCode: status }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

export const timeoutName = 'TimeoutError';

/** What a connection that is lost, at whatever moment, ends with: to the caller as if nobody had answered. */
const lostConnection: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Of what was thrown on the way to an answer. */
export function failureOnTheWay(thrown: unknown): AwsFailure {
  if (thrown instanceof AwsFailure) return thrown;
  const code = field(thrown, 'code');
  const name = field(thrown, 'name');
  const isTimeout = lostConnection.has(code) || name === timeoutName || name === 'AbortError';
  return new AwsFailure(isTimeout ? timeoutName : (nameIn(name) ?? 'Error'), {
    ...(typeof code === 'string' && /^E[A-Z0-9_]{2,30}$/.test(code) && { code }),
  });
}

export type FailedAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/** Of an answer that is not 2xx: by the name that the service gave, else by its status, as `Http502`. */
export function failureOf({ status, headers, text }: FailedAnswer): AwsFailure {
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amz-request-id'];
  const name = nameIn(headers['x-amzn-errortype']) ?? nameInBody(text) ?? `Http${status}`;
  return new AwsFailure(name, {
    status,
    ...(requestId !== undefined && /^[\w=+/-]{1,64}$/.test(requestId) && { requestId }),
  });
}

/** An answer that is not what the service answers: of a proxy, say. */
export function unreadableAnswer(status: number): AwsFailure {
  return new AwsFailure('UnreadableAnswer', { status });
}

const errorBody = z.object({ __type: z.optional(z.unknown()), code: z.optional(z.unknown()) });

function nameInBody(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data } = errorBody.safeParse(body);
  return nameIn(data?.code) ?? nameIn(data?.__type);
}

/**
 * `com.amazonaws.dynamodb.v20120810#ThrottlingException` and `GoneException:http://…` are names with
 * something before or behind. What cannot be one is none: the text is somebody else's.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
 */
function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.split(',')[0]?.split(':')[0]?.split('#').at(-1) ?? '';
  return /^[A-Za-z]\w{0,63}$/.test(name) && name !== 'Unknown' ? name : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
