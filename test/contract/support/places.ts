import type { ClientSession } from '../../../functions/core/model/client-session.ts';
import { sessionKey } from './clients.ts';
import { client, clientSession, socketCopy, t0 } from './samples.ts';

export const key = sessionKey('s1');
export const clientId = client('client-1');
export const resumeEndsAt = t0 + 120_000;
const { socket: _, ...withoutSocket } = clientSession('s1');
export const s1 = (clientEpoch = 1) => clientSession('s1', { clientEpoch });
/** The session of the samples, while its client of this age is away. */
export const away = (clientEpoch = 1, until = resumeEndsAt): ClientSession => ({
  ...withoutSocket,
  clientEpoch,
  resumeEndsAt: until,
  nextDeadlineAt: until,
});
export const lost = (clientEpoch = 1, until = resumeEndsAt) => ({
  clientId,
  clientEpoch,
  resumeEndsAt: until,
});
export const place = (clientEpoch: number, connection = `c${clientEpoch}`) => ({
  clientId,
  clientEpoch,
  socket: socketCopy(connection, t0 + 90_000),
  nextDeadlineAt: t0 + 270_000,
});
/** The session of the samples, on the connection of that place. */
export const at = ({ clientEpoch, socket, nextDeadlineAt }: ReturnType<typeof place>): ClientSession => ({
  ...withoutSocket,
  clientEpoch,
  socket,
  nextDeadlineAt,
});
