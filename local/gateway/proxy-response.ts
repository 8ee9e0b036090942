export type ProxyResponse = {
  statusCode: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** Empty when there is none. */
  body: string;
};

const PROXY_RESPONSE_FIELDS: ReadonlySet<string> = new Set([
  'statusCode',
  'headers',
  'multiValueHeaders',
  'body',
  'isBase64Encoded',
]);

/**
 * Reads what a handler returned as a Lambda proxy response; undefined means malformed.
 *
 * Null and unknown fields are malformed on AWS, and the caller is told "Internal server error":
 * https://github.com/michalkvasnicak/aws-lambda-graphql/pull/48, https://github.com/middyjs/middy/issues/1219.
 * A missing `statusCode` may pass on AWS (unverified); here it is malformed, so that it is noticed.
 */
export function parseProxyResponse(result: unknown): ProxyResponse | undefined {
  if (!isRecord(result)) return undefined;
  if (Object.keys(result).some((field) => !PROXY_RESPONSE_FIELDS.has(field))) return undefined;
  const { statusCode, body = null, isBase64Encoded = false } = result;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined;
  if (statusCode < 200 || statusCode > 599) return undefined;
  if (body !== null && typeof body !== 'string') return undefined;
  if (typeof isBase64Encoded !== 'boolean') return undefined;
  const headers = parseHeaders(result.headers ?? {}, result.multiValueHeaders ?? {});
  if (headers === undefined) return undefined;
  const text = body ?? '';
  return { statusCode, headers, body: isBase64Encoded ? Buffer.from(text, 'base64').toString('utf8') : text };
}

function parseHeaders(single: unknown, multiple: unknown): ReadonlyMap<string, string> | undefined {
  if (!isRecord(single) || !isRecord(multiple)) return undefined;
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(single)) {
    if (!isHeaderValue(value)) return undefined;
    headers.set(name.toLowerCase(), String(value));
  }
  for (const [name, values] of Object.entries(multiple)) {
    if (!Array.isArray(values) || !values.every(isHeaderValue)) return undefined;
    if (values.length > 0) headers.set(name.toLowerCase(), values.map(String).join(', '));
  }
  return headers;
}

/** Line breaks would let a handler write further headers into the handshake. */
function isHeaderValue(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) && !/[\r\n\0]/.test(String(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
