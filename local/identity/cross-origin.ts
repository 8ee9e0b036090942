import type { IncomingHttpHeaders } from 'node:http';

const loopbackOrigin = /^https?:\/\/(localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

// Besides amz-sdk-* and x-amz-*: what the AWS SDK and Amplify send from a browser.
const plainHeaders = new Set(['authorization', 'cache-control', 'content-type']);

/**
 * A page served from this machine may call; any other page in the same browser may not, or a website could make
 * itself an admin of the local pool. What sends no Origin is no page.
 */
export function isRefusedOrigin(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined && !loopbackOrigin.test(headers.origin);
}

export function crossOriginHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  if (headers.origin === undefined || isRefusedOrigin(headers)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': headers.origin,
    'access-control-expose-headers': 'x-amzn-requestid, x-amzn-errortype, x-amzn-errormessage, date',
  };
}

export function preflightHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const asked = (headers['access-control-request-headers'] ?? '').split(',');
  const allowed = asked.map((name) => name.trim().toLowerCase()).filter(isAllowedHeader);
  return {
    'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
    'access-control-allow-headers': allowed.join(', '),
    'access-control-max-age': '600',
  };
}

function isAllowedHeader(name: string): boolean {
  return plainHeaders.has(name) || /^(amz-sdk|x-amz)-[\w-]+$/.test(name);
}
