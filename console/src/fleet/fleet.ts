import { type Signal, signal } from '@preact/signals';
import type {
  OperatorEndpoint,
  RobotEntry,
  RobotState,
  RobotStatus,
  SignalingClient,
} from '../../../client/src/index.ts';

export type Robot = {
  readonly robotId: string;
  readonly state: RobotState;
  readonly fleets: readonly string[];
  readonly isControlled: boolean;
  /** Who drives it and since when, by the server's clock; undefined: nobody, or it changes hands just now. */
  readonly controlledBy: RobotEntry['controlledBy'];
  /** When the state began, by the server's clock; undefined: an older server does not say. */
  readonly sinceAt: number | undefined;
};

export type Fleet = {
  /** Undefined until they have been listed. */
  readonly robots: Signal<readonly Robot[] | undefined>;
  readonly problem: Signal<string | undefined>;
  refresh(): Promise<void>;
  stop(): void;
};

/** Changes are told. The list is for what was not: a word that was lost, a robot that has left the fleet. */
const listEveryMs = 15_000;

export function createFleet(of: {
  readonly client: SignalingClient;
  readonly endpoint: OperatorEndpoint;
}): Fleet {
  const robots = signal<readonly Robot[] | undefined>(undefined);
  const problem = signal<string | undefined>(undefined);
  const since = new Map<string, { state: RobotState; sinceAt: number }>();

  function withSince(entry: RobotEntry): Robot {
    const known = since.get(entry.robotId);
    return {
      robotId: entry.robotId,
      state: known?.state ?? entry.state,
      fleets: entry.fleets,
      isControlled: entry.controlled,
      controlledBy: entry.controlledBy,
      sinceAt: known?.sinceAt ?? entry.sinceAt,
    };
  }

  async function refresh(): Promise<void> {
    if (of.client.state().status !== 'ready') return;
    try {
      const listed = await of.endpoint.list();
      for (const { robotId, state } of listed) {
        // The list is read now; what was told before may have been overtaken.
        if (since.get(robotId)?.state !== state) since.delete(robotId);
      }
      robots.value = listed.map(withSince).sort((a, b) => a.robotId.localeCompare(b.robotId));
      problem.value = undefined;
    } catch {
      problem.value = 'The robots cannot be listed at the moment. It is tried again by itself.';
    }
  }

  function onStatus({ robotId, state, sinceAt, controlledBy }: RobotStatus): void {
    since.set(robotId, { state, sinceAt });
    if (robots.value?.some((robot) => robot.robotId === robotId) !== true) {
      void refresh();
      return;
    }
    robots.value = robots.value.map((robot) =>
      robot.robotId === robotId
        ? { ...robot, state, sinceAt, controlledBy, isControlled: controlledBy !== undefined }
        : robot,
    );
  }

  void of.endpoint.watch(onStatus);
  const stopListening = of.client.on('state', ({ status }) => {
    if (status === 'ready') void refresh();
  });
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void refresh();
  }, listEveryMs);
  return {
    robots,
    problem,
    refresh,
    stop() {
      stopListening();
      clearInterval(timer);
    },
  };
}
