import { FetchError } from 'aws-jwt-verify/error';
import { SimpleFetcher } from 'aws-jwt-verify/https';

/** What aws-jwt-verify asks for a JWKS. */
export type JwksFetcher = { fetch(uri: string): Promise<ArrayBuffer> };

/** A JWKS of Cognito has two keys and is about 1 KB. */
const maxJwksBytes = 64 * 1024;

/** For one attempt. The library's 3 s with a second attempt are too long inside a handshake. */
const timeoutMs = 2000;

/** Fetches where the library points, which is Cognito: https only, one immediate retry. */
export function cognitoJwksFetcher(): JwksFetcher {
  return new SimpleFetcher({ defaultRequestOptions: { responseTimeout: timeoutMs } });
}

/**
 * Fetches the given URI whatever the library points to: for issuers that sign in Cognito's name but
 * are reached elsewhere (the local stack, emulators). Plain http, which the library's own fetcher
 * refuses, only to this machine: on a network, whoever can answer it could sign tokens.
 *
 * @throws {RangeError} at once, when the URI is neither https nor on loopback.
 */
export function jwksFetcherFor(jwksUri: string): JwksFetcher {
  const target = parse(jwksUri);
  if (!isSafe(target)) {
    throw new RangeError(
      `JWKS URI ${target.protocol}//${target.host} is neither https nor on this machine; use https, or http on 127.0.0.1, [::1] or localhost.`,
    );
  }
  return {
    async fetch() {
      try {
        return await read(target);
      } catch (failure) {
        throw failure instanceof FetchError ? failure : new FetchError(target.href, reasonOf(failure));
      }
    },
  };
}

async function read(target: URL): Promise<ArrayBuffer> {
  // A redirect could lead off this machine, or from https to http.
  const response = await fetch(target, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new FetchError(target.href, `status ${response.status}, expected 200`);
  }
  const body = await response.arrayBuffer();
  if (body.byteLength > maxJwksBytes) {
    throw new FetchError(target.href, `${body.byteLength} bytes, expected at most ${maxJwksBytes}`);
  }
  return body;
}

function parse(jwksUri: string): URL {
  const target = URL.parse(jwksUri);
  if (target === null)
    throw new RangeError('JWKS URI is no URL; give it in full, such as https://host/path.');
  return target;
}

function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  const isLoopback =
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
  return protocol === 'http:' && isLoopback;
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : 'unknown failure';
}
