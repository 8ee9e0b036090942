import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import * as z from 'zod';

export type Where = {
  readonly gateway: string;
  readonly identity: string;
  readonly clientIds: { readonly people: string };
};

/** What API Gateway would count of the run. */
export type Counter = (what: 'ConnectCount' | 'MessageCount') => void;

const said = z.looseObject({ type: z.string() });
type Said = z.infer<typeof said>;

type Socket = {
  readonly socket: WebSocket;
  say(message: Record<string, unknown>): void;
  next(type: string): Promise<Said>;
};

const tokens = z.object({ AuthenticationResult: z.object({ AccessToken: z.string() }) });

/**
 * A minute and a half in the life of three robots and two operators, with tokens of 20 s: refreshes, a robot
 * that stops refreshing, an identity that is contested, an operator who comes back in time and one time too
 * late, a robot that loses its socket, refused handshakes and refreshes.
 */
export async function liveThrough(where: Where, count: Counter): Promise<void> {
  async function token(user: string): Promise<string> {
    const response = await fetch(where.identity, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: where.clientIds.people,
        AuthParameters: { USERNAME: user, PASSWORD: 'Heliograph-1!' },
      }),
    });
    return tokens.parse(await response.json()).AuthenticationResult.AccessToken;
  }

  function open(bearer: string): Promise<Socket | undefined> {
    count('ConnectCount');
    return new Promise((resolve) => {
      const socket = new WebSocket(where.gateway, { headers: { authorization: `Bearer ${bearer}` } });
      const waiting: { type: string; settle: (message: Said) => void }[] = [];
      socket.on('message', (data) => {
        count('MessageCount');
        const message = said.parse(JSON.parse(String(data)));
        const index = waiting.findIndex(({ type }) => type === message.type);
        if (index >= 0) waiting.splice(index, 1)[0]?.settle(message);
      });
      socket.on('error', () => resolve(undefined));
      socket.on('open', () =>
        resolve({
          socket,
          say(message) {
            if (socket.readyState !== WebSocket.OPEN) return;
            count('MessageCount');
            socket.send(JSON.stringify(message));
          },
          next: (type) => new Promise((settle) => waiting.push({ type, settle })),
        }),
      );
    });
  }

  async function enter(user: string, resume?: unknown): Promise<{ socket: Socket; welcome: Said }> {
    const socket = await open(await token(user));
    if (socket === undefined) throw new Error(`${user} was refused.`);
    const welcome = socket.next('welcome');
    socket.say({ action: 'hello', protocol: 1, ...(resume === undefined ? {} : { resume }) });
    return { socket, welcome: await welcome };
  }

  async function keepFresh(socket: Socket, user: string, until: number): Promise<void> {
    while (Date.now() < until && socket.socket.readyState === WebSocket.OPEN) {
      await pause(15_000);
      socket.say({ action: 'refreshToken', token: await token(user) });
    }
  }

  const startedAt = Date.now();
  const at = (seconds: number) => startedAt + seconds * 1_000;
  const until = (seconds: number) => pause(Math.max(0, at(seconds) - Date.now()));

  async function steadyRobot(): Promise<void> {
    const { socket } = await enter('rover-1');
    void keepFresh(socket, 'rover-1', at(52));
    await until(52);
    socket.socket.terminate();
    await until(54);
    const back = await enter('rover-1', true);
    await keepFresh(back.socket, 'rover-1', at(75));
  }

  async function robotWithoutCognito(): Promise<void> {
    const { socket } = await enter('rover-2');
    void keepFresh(socket, 'rover-2', at(12));
    await until(68);
    await enter('rover-2');
  }

  async function twoDevices(): Promise<void> {
    const { socket } = await enter('rover-3');
    void keepFresh(socket, 'rover-3', at(15));
    for (const seconds of [20, 23, 26, 29]) {
      await until(seconds);
      await enter('rover-3');
    }
  }

  async function operator(): Promise<void> {
    await until(3);
    let { socket, welcome } = await enter('operator-1');
    void keepFresh(socket, 'operator-1', at(42));
    const opened = socket.next('sessionOpened');
    socket.say({ action: 'openSession', robotId: 'rover-1', mode: 'control' });
    const { sessionId } = await opened;
    let seq = 0;
    const signals = setInterval(() => {
      seq += 1;
      socket.say({ action: 'signal', sessionId, robotId: 'rover-1', seq, kind: 'custom', data: seq });
    }, 250);
    await until(30);
    socket.socket.terminate();
    await until(32);
    ({ socket, welcome } = await enter('operator-1', welcome.resumeKey));
    void keepFresh(socket, 'operator-1', at(42));
    await until(44);
    clearInterval(signals);
    socket.socket.terminate();
    // Later than the resume window: a client of before that is no more.
    await until(58);
    ({ socket, welcome } = await enter('operator-1', welcome.resumeKey));
    await keepFresh(socket, 'operator-1', at(70));
  }

  async function viewer(): Promise<void> {
    await until(6);
    const { socket } = await enter('viewer-1');
    void keepFresh(socket, 'viewer-1', at(75));
    const opened = socket.next('sessionOpened');
    socket.say({ action: 'openSession', robotId: 'rover-1', mode: 'view' });
    const { sessionId } = await opened;
    for (let seq = 1; Date.now() < at(80); seq += 1) {
      socket.say({ action: 'signal', sessionId, robotId: 'rover-1', seq, kind: 'custom', data: seq });
      await pause(500);
    }
  }

  async function strangers(): Promise<void> {
    const { socket } = await enter('operator-2');
    for (let i = 0; Date.now() < at(80); i += 1) {
      await pause(4_000);
      await open(
        i % 2 === 0 ? 'no-token-at-all' : await token('operator-9').then((good) => good.slice(0, -6)),
      );
      if (i % 4 === 1) socket.say({ action: 'refreshToken', token: 'nobody-has-issued-this' });
      if (i % 4 === 2) socket.say({ action: 'openSession', robotId: 'rover-404', mode: 'view' });
      if (i % 3 === 0) socket.say({ action: 'refreshToken', token: await token('operator-2') });
    }
  }

  await Promise.all([steadyRobot(), robotWithoutCognito(), twoDevices(), operator(), viewer(), strangers()]);
  await until(85);
}
