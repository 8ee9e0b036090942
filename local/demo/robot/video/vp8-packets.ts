import { RtpHeader, RtpPacket } from 'werift';

/** Fits into every path with room for the headers of IP, UDP, SRTP and TURN. */
const mostPayloadBytes = 1_100;
const startsPartition = 0x10;

/**
 * One VP8 frame as RTP packets, each with the one-byte payload descriptor.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7741#section-4.2
 */
export function packetise(
  frame: Uint8Array,
  of: { readonly timestamp: number; readonly firstSequenceNumber: number },
): RtpPacket[] {
  const packets: RtpPacket[] = [];
  for (let from = 0; from < frame.length; from += mostPayloadBytes) {
    const part = frame.subarray(from, from + mostPayloadBytes);
    const payload = Buffer.alloc(part.length + 1);
    payload[0] = from === 0 ? startsPartition : 0;
    payload.set(part, 1);
    const header = new RtpHeader({
      payloadType: 96,
      sequenceNumber: (of.firstSequenceNumber + packets.length) % 0x1_0000,
      timestamp: of.timestamp,
      marker: from + mostPayloadBytes >= frame.length,
    });
    packets.push(new RtpPacket(header, payload));
  }
  return packets;
}
