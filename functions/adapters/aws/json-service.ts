import type * as z from 'zod/mini';
import { unreadableAnswer } from './failure.ts';
import type { AwsTransport } from './transport.ts';

export type JsonServiceOptions = {
  readonly transport: AwsTransport;
  /** As signatures name it, such as `dynamodb`. */
  readonly service: string;
  readonly region: string;
  /** Of the service in that region. */
  readonly endpoint: URL;
  /** What stands before an operation's name, such as `DynamoDB_20120810`. */
  readonly target: string;
  /** Of the protocol, awsJson. */
  readonly version: '1.0' | '1.1';
};

/** Makes one operation. What is not of the schema is `UnreadableAnswer`; it throws `AwsFailure` alone. */
export type JsonService = <Output>(
  operation: string,
  answer: z.ZodMiniType<Output>,
) => (input: object) => Promise<Output>;

/**
 * A service of AWS that is asked in JSON, each operation a POST to the root.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonService(options: JsonServiceOptions): JsonService {
  const { transport, service, region, endpoint, target, version } = options;
  return (operation, answer) => async (input) => {
    const { text, status } = await transport({
      service,
      region,
      endpoint,
      method: 'POST',
      path: '/',
      headers: {
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${target}.${operation}`,
      },
      body: JSON.stringify(input),
    });
    const { data } = answer.safeParse(jsonIn(text));
    if (data === undefined) throw unreadableAnswer(status);
    return data;
  };
}

/** Undefined for what is no JSON: a page of a proxy, half an answer. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
