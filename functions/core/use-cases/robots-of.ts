import type { RobotId } from '../../../protocol/ids.ts';
import type { RobotSession } from '../model/robot-session.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';

/** Of one read. */
const batchSize = 100;

/** The robots of these sessions, however many; each once. */
export async function robotsOf(
  { robots }: { readonly robots: RobotSessionStore },
  sessions: readonly { readonly robotId: RobotId }[],
): Promise<readonly RobotSession[]> {
  const ids = [...new Set(sessions.map(({ robotId }) => robotId))];
  const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, i) =>
    ids.slice(i * batchSize, (i + 1) * batchSize),
  );
  return (await Promise.all(batches.map((batch) => robots.getMany(batch)))).flat();
}
