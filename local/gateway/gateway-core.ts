import type { PendingFaults } from './faults.ts';
import type { ReportGatewayEvent } from './gateway-event.ts';
import type { OpenConnection } from './open-connection.ts';
import type { GatewaySettings } from './options.ts';
import type { RunningWork } from './running-work.ts';
import type { Turns } from './turns.ts';

/** The state of one gateway, shared by its parts. Nothing of it is shared by two gateways. */
export type GatewayCore = {
  readonly settings: GatewaySettings;
  /** `host:port` as bound. */
  readonly domainName: string;
  /** By connection id. Holds a connection from the end of `$connect` until the socket is gone. */
  readonly connections: Map<string, OpenConnection>;
  readonly faults: PendingFaults;
  readonly work: RunningWork;
  /** Of the functions that messages go to. */
  readonly turns: Turns;
  readonly report: ReportGatewayEvent;
  /** Aborted when the gateway stops to accept connections. */
  readonly shuttingDown: AbortSignal;
  /** Aborted when the gateway stops to wait. */
  readonly shutDown: AbortSignal;
};
