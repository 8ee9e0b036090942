import type { Answers } from '../wire/messages.ts';

/** What answers each action. */
export const answers: Answers = {
  refreshToken: 'tokenRefreshed',
  listRobots: 'robots',
  watchRobots: 'watching',
  openSession: 'sessionOpened',
  signal: 'signalAck',
  closeSession: 'sessionClosed',
  requestControl: 'controlChanged',
  grantControl: 'controlChanged',
  releaseControl: 'controlChanged',
  getIceServers: 'iceServers',
};
