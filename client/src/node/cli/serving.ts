import type { Readable } from 'node:stream';
import type { RobotEndpoint, RobotEndpointOptions } from '../../endpoints/robot-endpoint.ts';
import type { Session } from '../../endpoints/session.ts';
import { systemClock } from '../../environment/clock.ts';
import type { SignalingClient } from '../../signaling/contract.ts';
import { boundedLines } from './bounded-lines.ts';
import type { Output } from './commands.ts';
import { type Driver, type DriverCommand, startDriver } from './driver.ts';
import { createPace } from './pace.ts';
import { mostLineBytes, obey, parseSaid, type Told, tellOf } from './session-lines.ts';
import type { Environment } from './settings.ts';

/** Who serves the sessions of `run`. */
export type Serving = {
  readonly onSession: RobotEndpointOptions['onSession'];
  /** After the client's end: resolves when nothing of it is left. */
  finish(): Promise<void>;
};

type Common = {
  readonly client: SignalingClient;
  readonly endpoint: () => RobotEndpoint;
  readonly tell: (told: Told) => void;
  readonly output: Output;
};

/** One program for all sessions: the lines of each on standard output, its commands on standard input. */
export function serveByLines(of: Common & { readonly input: Readable }): Serving {
  const { tell, output } = of;
  const sessions = new Map<string, Session>();

  async function read(): Promise<void> {
    for await (const line of boundedLines(of.input, mostLineBytes)) {
      const said = line === undefined ? undefined : parseSaid(line);
      const session = sessions.get(said?.sessionId ?? '');
      if (said === undefined || session === undefined || !obey(session, said))
        output.warn('A line on standard input was not understood.');
    }
  }

  // Whoever has started this may have gone: the robot stays online.
  read().catch(() => undefined);
  return {
    onSession(session, { clientId }) {
      sessions.set(session.sessionId, session);
      session.on('closed', () => sessions.delete(session.sessionId));
      tellOf(session, { clientId, client: of.client, control: of.endpoint().control, tell });
      return 'accept';
    },
    finish: () => Promise.resolve(),
  };
}

/** What standard output says of a session that a driver serves: for a log, so no signals and no credentials. */
const logged: readonly string[] = ['suspended', 'restored', 'mode', 'closed'];

/** A program for each session. */
export function serveByDrivers(
  of: Common & {
    readonly command: DriverCommand;
    readonly env: Environment;
    readonly mostSessions: number;
    readonly stopWithinMs: number;
  },
): Serving {
  const { client, tell, output } = of;
  const drivers = new Set<Driver>();
  const pace = createPace(systemClock);
  // The drivers are in groups of their own: nobody else ends them when this process fails.
  process.once('exit', () => {
    for (const driver of drivers) driver.kill();
  });
  return {
    async onSession(session, { clientId }) {
      if (drivers.size >= of.mostSessions) {
        output.warn(`A session is refused as busy: ${drivers.size} drivers are running.`);
        return 'busy';
      }
      const { control } = of.endpoint();
      const driver = startDriver({ ...of, session, clientId, control, pace });
      drivers.add(driver);
      void driver.ended.then(() => drivers.delete(driver));
      tellOf(session, {
        ...{ clientId, client, control },
        tell(told) {
          const { iceServers: _, ...harmless } = told;
          if (told.event === 'session') tell({ ...harmless, event: 'session' });
          if (logged.includes(told.event)) tell(told);
        },
      });
      return (await driver.begun) ? 'accept' : 'refuse';
    },
    async finish() {
      await Promise.all([...drivers].map(({ ended }) => ended));
    },
  };
}
