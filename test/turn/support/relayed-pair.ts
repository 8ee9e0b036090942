import { RTCPeerConnection } from 'werift';
import type { IceServer } from '../../../protocol/messages/ice-server.ts';

export type RelayedPair = {
  /** Sends over the data channel, and gives what has come out at the other end. */
  send(text: string): Promise<string>;
  /** Where the peers have said that they can be reached, as in SDP. */
  candidates(): readonly string[];
  close(): Promise<void>;
};

/** Two peers that may only meet at the relays of their own servers. */
export async function relayedPair(servers: { client: IceServer; robot: IceServer }): Promise<RelayedPair> {
  const client = peer(servers.client);
  const robot = peer(servers.robot);
  const candidates: string[] = [];
  const introduce = (one: RTCPeerConnection, other: RTCPeerConnection) =>
    one.onIceCandidate.subscribe((candidate) => {
      if (candidate === undefined) return;
      candidates.push(candidate.candidate);
      void other.addIceCandidate(candidate);
    });
  introduce(client, robot);
  introduce(robot, client);
  const channel = client.createDataChannel('test');
  const opened = new Promise<void>((resolve) => {
    channel.stateChanged.subscribe((state) => state === 'open' && resolve());
  });
  const received = new Promise<string>((resolve) => {
    robot.onDataChannel.subscribe((other) => {
      other.onMessage.subscribe((message) => resolve(String(message)));
    });
  });

  const offer = await client.createOffer();
  await client.setLocalDescription(offer);
  await robot.setRemoteDescription(offer);
  const answer = await robot.createAnswer();
  await robot.setLocalDescription(answer);
  await client.setRemoteDescription(answer);
  await opened;
  return {
    async send(text) {
      channel.send(Buffer.from(text));
      return received;
    },
    candidates: () => candidates,
    async close() {
      await Promise.all([client.close(), robot.close()]);
    },
  };
}

function peer({ urls, username = '', credential = '' }: IceServer): RTCPeerConnection {
  return new RTCPeerConnection({
    iceServers: [{ urls, username, credential }],
    iceTransportPolicy: 'relay',
  });
}
