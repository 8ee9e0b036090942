import type { ClientSession } from '../../../../functions/core/model/client-session.ts';
import type { Connection } from '../../../../functions/core/model/connection.ts';
import type { RobotSession } from '../../../../functions/core/model/robot-session.ts';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { Actor, ModelWorld } from './world.ts';

export type RowWrite<Row> = {
  readonly by: Actor;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
};

/** Where an invariant looks. It throws when it does not hold. */
export type Look = {
  connection?(world: ModelWorld, write: RowWrite<Connection>): void;
  robot?(world: ModelWorld, write: RowWrite<RobotSession>): void;
  session?(world: ModelWorld, write: RowWrite<ClientSession>): void;
  /** Before a `goAway`, a `welcome` or a `close` is tried, whatever becomes of it. */
  attempted?(
    world: ModelWorld,
    of: { by: Actor; to: ConnectionId; what: ServerMessage['type'] | 'close' },
  ): void;
  delivered?(world: ModelWorld, post: { by: Actor; to: ConnectionId; message: ServerMessage }): void;
  /** `cleanedUp`: a whole cleanup ran in the round, and the gateway was well. */
  afterRound?(world: ModelWorld, round: { cleanedUp: boolean }): void;
  /** All sockets are gone, and time and cleanups enough have passed. */
  atTheEnd?(world: ModelWorld): void;
};

/** Made anew for each program: an invariant may remember what it saw. */
export type Invariant = { readonly name: string; look(): Look };

export function mustHold(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}
