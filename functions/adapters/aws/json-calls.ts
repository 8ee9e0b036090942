import { AwsFailure } from './failure.ts';
import type { AwsTransport } from './transport.ts';

export type JsonService = {
  readonly transport: AwsTransport;
  /** As signatures name it, such as `dynamodb`. */
  readonly service: string;
  readonly region: string;
  readonly endpoint: URL;
  /** What the names of its operations begin with, such as `DynamoDB_20120810`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
};

/** What was answered, which is not parsed yet, and when, by the service's own clock (Unix ms). */
export type JsonAnswer = { readonly output: unknown; readonly answeredAt: number | undefined };

/** @throws {AwsFailure} */
export type JsonCalls = (operation: string, input: object) => Promise<JsonAnswer>;

/**
 * Calls to a service that speaks AWS JSON, as DynamoDB, Cognito and Secrets Manager do.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function jsonCalls({ transport, target, version, ...to }: JsonService): JsonCalls {
  const contentType = `application/x-amz-json-${version}`;
  return async (operation, input) => {
    const { text, headers, status } = await transport({
      ...to,
      method: 'POST',
      path: '/',
      headers: { 'content-type': contentType, 'x-amz-target': `${target}.${operation}` },
      body: JSON.stringify(input),
    });
    const date = Date.parse(headers.date ?? '');
    return { output: read(text, status), answeredAt: Number.isNaN(date) ? undefined : date };
  };
}

function read(text: string, status: number): unknown {
  // Operations without a result may answer without a body.
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(status);
  }
}

/** An answer that is not what the service answers: of a proxy, say. */
export function unreadable(status = 200): AwsFailure {
  return new AwsFailure('UnreadableAnswer', { status });
}
