import type { MemoryClient } from '../../../../functions/adapters/memory/memory-state.ts';
import type { ClientSession } from '../../../../functions/core/model/client-session.ts';
import type { Connection } from '../../../../functions/core/model/connection.ts';
import type { TokenLife } from '../../../../functions/core/model/identity.ts';
import type { RobotSession } from '../../../../functions/core/model/robot-session.ts';
import type { LifeEvent } from '../../../../functions/core/ports/life-log.ts';
import type { ClientId, ConnectionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { User } from '../support/people.ts';
import type { Actor } from './steps.ts';
import type { ModelWorld } from './world.ts';

export type RowWrite<Row> = {
  readonly by: Actor;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
};

/** What came of a step that got an answer; a step that met an outage got none. */
export type Answer = {
  readonly by: Actor;
  /** The code of a refusal, or the HTTP status of a refused handshake; undefined for a yes. */
  readonly refusal: string | undefined;
  /** What `$connect` or `refreshToken` came with. */
  readonly token?: { readonly user: User; readonly life: TokenLife };
};

export type RoundSeen = {
  /** When the cleanups of the round began; undefined when none of them did all of it, or the gateway failed. */
  readonly cleanedUpAt: number | undefined;
  /** Whose steps have written the row of a connection. */
  writersOf(id: ConnectionId): ReadonlySet<Actor>;
};

/** Where an invariant looks. It throws when it does not hold. */
export type Look = {
  connection?(world: ModelWorld, write: RowWrite<Connection>): void;
  robot?(world: ModelWorld, write: RowWrite<RobotSession>): void;
  session?(world: ModelWorld, write: RowWrite<ClientSession>): void;
  client?(world: ModelWorld, write: RowWrite<MemoryClient> & { clientId: ClientId }): void;
  /** Before a `goAway`, a `welcome` or a `close` is tried, whatever becomes of it. */
  attempted?(
    world: ModelWorld,
    of: { by: Actor; to: ConnectionId; what: ServerMessage['type'] | 'close' },
  ): void;
  delivered?(world: ModelWorld, post: { by: Actor; to: ConnectionId; message: ServerMessage }): void;
  /** It has arrived, as a post or as an answer: what a gateway accepts may be lost on a dead socket. */
  heard?(world: ModelWorld, word: { by: Actor; to: ConnectionId; message: ServerMessage }): void;
  /** The gateway failed at a post, or without a message at a question or a close. */
  failed?(world: ModelWorld, of: { by: Actor; to: ConnectionId; message?: ServerMessage | undefined }): void;
  /** The revocations could not be read. */
  blinded?(world: ModelWorld, by: Actor): void;
  answered?(world: ModelWorld, answer: Answer): void;
  noted?(world: ModelWorld, event: LifeEvent): void;
  afterRound?(world: ModelWorld, round: RoundSeen): void;
  /** All sockets are gone, and time and cleanups enough have passed. */
  atTheEnd?(world: ModelWorld): void;
};

/** Made anew for each program: an invariant may remember what it saw. */
export type Invariant = { readonly name: string; look(): Look };

export function mustHold(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}
