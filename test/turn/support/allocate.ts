import { classes, createTurnClient, Message, methods } from 'werift';
import type { IceServer } from '../../../protocol/messages/ice-server.ts';
import type { Coturn } from './coturn.ts';

export type Allocation = Awaited<ReturnType<typeof createTurnClient>>;

/** Asks for a relay as a WebRTC stack would, by what our function gives. Undefined: the server said 401. */
export async function allocate(coturn: Coturn, server: IceServer): Promise<Allocation | undefined> {
  const { urls, username = '', credential = '' } = server;
  const [, host = '', port] = /^turn:([\d.]+):(\d+)/.exec(urls[0] ?? '') ?? [];
  const answeredBefore = coturn.answersTo(username).length;
  try {
    return await createTurnClient({ address: [host, Number(port)], username, password: credential });
  } catch (failure) {
    // A 401 is not signed: werift overhears it and gives up after 6 s, as it would if nobody were there.
    const answers = coturn.answersTo(username).slice(answeredBefore);
    const isRefused = answers.length > 0 && answers.every((answer) => answer.includes('error 401'));
    if (isRefused) return undefined;
    throw failure;
  }
}

/** Asks for ten more minutes, as a WebRTC stack does every few minutes. Seconds that the server has granted. */
export async function refresh(allocation: Allocation): Promise<number> {
  const request = new Message(methods.REFRESH, classes.REQUEST).setAttribute('LIFETIME', 600);
  const [response] = await allocation.requestWithRetry(request, allocation.server);
  return Number(response.getAttributeValue('LIFETIME'));
}
