/** What can be broken on purpose. Each fault is used up by what it breaks. */
export type GatewayFaults = {
  /** `$disconnect` is best effort on AWS: the next one never comes. */
  dropNextDisconnect(): void;
  delayNextDisconnect(ms: number): void;
  /** The socket ends without a close frame. False if there is no such connection. */
  cut(connectionId: string): boolean;
  /** Posts answer 200 but nothing reaches the client, and nothing from it is heard. */
  halfOpen(connectionId: string): boolean;
  /** The next `count` posts, to any connection, are answered with `status` and sent to nobody. */
  failNextPosts(count: number, status: number): void;
};

export type DisconnectFault = { type: 'drop' } | { type: 'delay'; ms: number };

/** The faults that wait for something to break. */
export type PendingFaults = {
  addDisconnect(fault: DisconnectFault): void;
  takeDisconnect(): DisconnectFault | undefined;
  addPostFailures(count: number, status: number): void;
  takePostFailure(): number | undefined;
};

export function pendingFaults(): PendingFaults {
  const disconnects: DisconnectFault[] = [];
  const postFailures: number[] = [];
  return {
    addDisconnect: (fault) => void disconnects.push(fault),
    takeDisconnect: () => disconnects.shift(),
    addPostFailures: (count, status) => void postFailures.push(...Array<number>(count).fill(status)),
    takePostFailure: () => postFailures.shift(),
  };
}
