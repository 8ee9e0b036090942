import { clientMessage } from './envelope.ts';

export const bye = clientMessage('bye', {}).describe(
  'Ends everything of this connection at once; the server closes the socket. Peers get `sessionClosed`.',
);
