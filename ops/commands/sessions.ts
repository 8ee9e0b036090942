import type { RobotId } from '../../protocol/ids.ts';
import { robotId } from '../../protocol/ids.ts';
import { portsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking, OperationFailed } from '../failure.ts';

export type SessionLine = {
  readonly session: string;
  readonly robot: string;
  readonly client: string;
  readonly mode: string;
  /** `suspended`: its client is away. */
  readonly state: 'open' | 'suspended';
  readonly hasControl: boolean;
  readonly openedAt: number;
};

const pageSize = 100;

/** The sessions of one robot, or of all. Reads only. @throws {OperationFailed} */
export async function listSessions(
  deployment: Deployment,
  of: { readonly robot: string | undefined },
): Promise<readonly SessionLine[]> {
  return asking({ action: 'dynamodb:Query', endpoint: deployment.identity }, async () => {
    const ports = portsOf(deployment);
    const found: SessionLine[] = [];
    for await (const page of robotPages(ports.fleets(), of.robot)) {
      const rows = await ports.robots().getMany(page);
      const controllers = new Set<string | undefined>(
        rows.map(({ controllerSessionId }) => controllerSessionId),
      );
      const sessions = await Promise.all(page.map((id) => ports.sessions().listByRobot(id)));
      found.push(
        ...sessions.flat().map(
          (row): SessionLine => ({
            session: row.sessionId,
            robot: row.robotId,
            client: row.clientId,
            mode: row.mode,
            state: row.socket === undefined ? 'suspended' : 'open',
            hasControl: controllers.has(row.sessionId),
            openedAt: row.openedAt,
          }),
        ),
      );
    }
    return found;
  });
}

type Fleets = ReturnType<ReturnType<typeof portsOf>['fleets']>;

async function* robotPages(fleets: Fleets, robot: string | undefined): AsyncGenerator<readonly RobotId[]> {
  if (robot !== undefined) {
    const id = robotId.safeParse(robot);
    if (!id.success) throw new OperationFailed('This is no robot id.', 'heliograph robots list shows them.');
    yield [id.data];
    return;
  }
  let after: RobotId | undefined;
  do {
    const page = await fleets.list({ fleet: undefined, after, limit: pageSize });
    if (page.length > 0) yield page;
    after = page.length < pageSize ? undefined : page.at(-1);
  } while (after !== undefined);
}
