import { randomBytes } from 'node:crypto';

/**
 * AWS's connection, request and message ids all look like `BFaT_fALIAMCKug=`: 11 bytes in URL-safe base64 with
 * the padding kept. The `=` matters: it has to be URL-encoded on the management path.
 */
export function newGatewayId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}
