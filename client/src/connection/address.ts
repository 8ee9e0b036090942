import { AddressUnusable } from '../errors.ts';

/** Where the server is: fixed, or asked for at each attempt, so that a robot can be moved. */
export type Address = string | (() => string | Promise<string>);

/**
 * The address, if a connection may go there.
 *
 * @throws {AddressUnusable} for another scheme than `ws:` and `wss:`, and for what would put a secret
 * into the URL, which ends up in logs.
 */
export function checkAddress(address: unknown): string {
  if (typeof address !== 'string' || !URL.canParse(address)) {
    throw new AddressUnusable('The address is no URL; it looks like wss://host/stage.');
  }
  const url = new URL(address);
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') {
    throw new AddressUnusable(`The address has the scheme ${url.protocol}, not ws: or wss:.`);
  }
  if (url.searchParams.has('token')) {
    throw new AddressUnusable(
      'The address has ?token= in it: take it out, the token source gives the token.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new AddressUnusable('The address has a user name or password in it: take it out.');
  }
  // WebSockets refuse a fragment.
  url.hash = '';
  return url.href;
}
