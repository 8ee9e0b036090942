import * as z from 'zod/mini';
import { clientMessage } from './envelope.ts';

export const bye = clientMessage('bye', {
  signOut: z.optional(
    z
      .boolean()
      .check(
        z.describe(
          'revokes this sign-in: its tokens are refused here from now on, and its other connections are closed. Revoke the refresh token at Cognito first (`RevokeToken`); it never goes over the socket',
        ),
      ),
  ),
}).check(
  z.describe(
    'Ends everything of this connection at once; the server closes the socket. Peers get `sessionClosed`.',
  ),
);
