import { portsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking } from '../failure.ts';
import { poolOf, robotUsers } from './robot-users.ts';

export type RobotLine = {
  /** Undefined where the pool does not say which robot this user is. */
  readonly robot: string | undefined;
  /** What its user is called, where that is not the id. */
  readonly user: string | undefined;
  /** `never`: it has a user and was never here. `unnamed`: a robot's user without a robot's id, whose tokens are refused. */
  readonly state: 'online' | 'away' | 'offline' | 'never' | 'unnamed';
  readonly fleets: readonly string[];
  readonly controlled: boolean;
  readonly signIn: string;
  readonly tokenExpiresAt: number | undefined;
};

const batchSize = 100;

/** All robots of the pool, with what is known of their connections. Reads only. @throws {OperationFailed} */
export async function listRobots(deployment: Deployment): Promise<readonly RobotLine[]> {
  const from = poolOf(deployment);
  const users = await robotUsers(from);
  const ids = [...new Set(users.flatMap(({ robotId }) => robotId ?? []))];
  const store = portsOf(deployment).robots();
  const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, i) =>
    ids.slice(i * batchSize, (i + 1) * batchSize),
  );
  const rows = await asking({ action: 'dynamodb:BatchGetItem', endpoint: from.endpoint }, async () =>
    (await Promise.all(batches.map((batch) => store.getMany(batch)))).flat(),
  );
  const byId = new Map<string, (typeof rows)[number]>(rows.map((row) => [row.robotId, row]));
  return users
    .map(({ userName, robotId, signIn }): RobotLine => {
      const row = robotId === undefined ? undefined : byId.get(robotId);
      return {
        robot: robotId,
        user: userName === robotId ? undefined : userName,
        state: row?.state ?? (robotId === undefined ? 'unnamed' : 'never'),
        fleets: row?.fleets ?? [],
        controlled: row?.controllerSessionId !== undefined,
        signIn,
        tokenExpiresAt: row?.socket?.tokenExpiresAt,
      };
    })
    .sort((a, b) => (a.robot ?? a.user ?? '').localeCompare(b.robot ?? b.user ?? ''));
}
