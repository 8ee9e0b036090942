import { connectAs, openPair } from '../integration/support/raw-client.ts';
import type { Target } from '../integration/support/target.ts';

/**
 * Holds a robot and a session open through an upgrade: the sockets, the session and the identity
 * stay, and the new functions serve them.
 *
 * @throws when anything of it was lost.
 */
export async function keepsItsSocket(target: Target, upgrade: () => Promise<void>): Promise<void> {
  const { robot, client, key, welcomes } = await openPair(target, { robot: 'rover-3', client: 'operator-1' });
  try {
    await upgrade();
    const signal = { ...key, seq: 1, kind: 'custom', data: { after: 'upgrade' } };
    await client.ask('signal', 'signalAck', signal);
    const { data } = await robot.nextOf('signal');
    if (JSON.stringify(data) !== JSON.stringify(signal.data)) throw new Error('The signal came changed.');
    if (robot.socket.readyState !== robot.socket.OPEN) throw new Error('The robot has lost its socket.');
    // What a release changes is in force for who comes after it: a larger fleet spreads wider.
    const later = await connectAs(target, 'operator-2');
    const { policy } = await later.hello();
    await later.close();
    if (policy.reconnectSpreadMs === welcomes.robot.policy.reconnectSpreadMs) {
      throw new Error('The upgrade is not in force.');
    }
  } finally {
    await Promise.all([robot.close(), client.close()]);
  }
}
