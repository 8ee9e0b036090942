import { type Address, checkAddress } from '../connection/address.ts';
import {
  type Connection,
  type ConnectionDeps,
  type Hello,
  openConnection,
} from '../connection/connection.ts';
import type { ConnectionEnd } from '../connection/connection-end.ts';
import { within } from '../environment/time-limit.ts';
import { AddressUnusable } from '../errors.ts';
import { connect, type NextStep } from '../reconnect/next-step.ts';
import type { TokenKeeper } from '../tokens/token-keeper.ts';
import { isFinal } from '../tokens/token-source.ts';
import type { ServerMessage, Welcome } from '../wire/messages.ts';

const addressWithinMs = 30_000;

/** One attempt, from the token to the end of the connection that comes of it. */
export type Dialled = {
  /** Undefined until the address and the token are there. */
  readonly connection: () => Connection | undefined;
  readonly token: () => string | undefined;
  /** Ends it without a word; nothing more is told of it. */
  drop(): void;
};

/** How an attempt ended: by its connection, or before there was one. */
export type DialEnd = ConnectionEnd | { readonly phase: 'source'; readonly failure: unknown };

export type DialEvents = {
  onWelcome(dialled: Dialled, welcome: Welcome): void;
  onMessage(dialled: Dialled, message: ServerMessage): void;
  onEnd(dialled: Dialled, end: DialEnd): void;
};

/** Asks for the address and a token, anew at each attempt, and connects. */
export function dial(
  of: {
    readonly deps: ConnectionDeps;
    readonly address: Address;
    readonly keeper: TokenKeeper;
    /** Asked when the socket has opened: the counts must be those of that moment. */
    readonly hello: () => Hello;
  },
  events: DialEvents,
): Dialled {
  let connection: Connection | undefined;
  let token: string | undefined;
  let isDropped = false;
  const dialled: Dialled = {
    connection: () => connection,
    token: () => token,
    drop() {
      isDropped = true;
      connection?.drop();
    },
  };

  async function start(): Promise<void> {
    const { address } = of;
    const asked = Promise.resolve().then(() => (typeof address === 'function' ? address() : address));
    const limit = { ms: addressWithinMs, what: 'Asking for the address' };
    const url = checkAddress(await within(of.deps.clock, limit, asked));
    if (isDropped) return;
    const given = await of.keeper.forConnect();
    if (isDropped) return;
    token = given;
    connection = openConnection(
      of.deps,
      { url, token: given, hello: of.hello },
      {
        onWelcome: (welcome) => events.onWelcome(dialled, welcome),
        onMessage: (message) => events.onMessage(dialled, message),
        onEnd: (end) => events.onEnd(dialled, end),
      },
    );
  }

  start().catch((failure: unknown) => {
    if (!isDropped) events.onEnd(dialled, { phase: 'source', failure });
  });
  return dialled;
}

/** What to do when there was no address or no token to connect with. */
export function afterSourceFailure(failure: unknown): NextStep {
  if (failure instanceof AddressUnusable) return { do: 'stop', reason: 'bad_address' };
  if (isFinal(failure)) return { do: 'stop', reason: 'sign_in_required' };
  return connect(false);
}
