import { type Signal, signal } from '@preact/signals';
import type { OperatorEndpoint, RobotEntry, RobotState, SignalingClient } from '../../../client/src/index.ts';

export type Robot = {
  readonly robotId: string;
  readonly state: RobotState;
  readonly fleets: readonly string[];
  readonly isControlled: boolean;
  /** When the state began, by the server's clock; undefined: before this page looked. */
  readonly sinceAt: number | undefined;
};

export type Fleet = {
  /** Undefined until they have been listed. */
  readonly robots: Signal<readonly Robot[] | undefined>;
  readonly problem: Signal<string | undefined>;
  refresh(): Promise<void>;
  stop(): void;
};

/** Changes of state are told; who has control is not, so the list is asked for again. */
const listEveryMs = 5_000;

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
      sinceAt: known?.sinceAt,
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

  function onStatus({
    robotId,
    state,
    sinceAt,
  }: {
    robotId: string;
    state: RobotState;
    sinceAt: number;
  }): void {
    since.set(robotId, { state, sinceAt });
    if (robots.value?.some((robot) => robot.robotId === robotId) !== true) {
      void refresh();
      return;
    }
    robots.value = robots.value.map((robot) =>
      robot.robotId === robotId ? { ...robot, state, sinceAt } : robot,
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
