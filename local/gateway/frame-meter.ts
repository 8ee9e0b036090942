export type FrameMeter = {
  /** Takes the bytes as they arrive from the client. */
  measure(chunk: Buffer): void;
  /** Whether the nth message of the connection, from 1, has a frame above the limit. */
  isOversized(messageNumber: number): boolean;
};

/**
 * Reads the frame headers of a client's byte stream, beside `ws`, which reassembles fragments and does not
 * expose their sizes. AWS limits both: a message of 40 KB is welcome in two frames and closes 1009 in one.
 * RFC 6455 section 5.2 is the layout.
 */
export function frameMeter(maxFrameBytes: number, onOversized: () => void): FrameMeter {
  let headerSoFar: Buffer = Buffer.alloc(0);
  let payloadLeft = 0;
  let messagesStarted = 0;
  let oversizedMessage = Number.POSITIVE_INFINITY;

  function enterFrame(header: FrameHeader): void {
    payloadLeft = header.payloadBytes;
    if (header.startsMessage) messagesStarted += 1;
    if (header.isControl || header.payloadBytes <= maxFrameBytes) return;
    if (oversizedMessage !== Number.POSITIVE_INFINITY) return;
    oversizedMessage = messagesStarted;
    onOversized();
  }

  return {
    measure(chunk) {
      let unread = chunk;
      while (unread.length > 0) {
        if (payloadLeft > 0) {
          const skipped = Math.min(payloadLeft, unread.length);
          payloadLeft -= skipped;
          unread = unread.subarray(skipped);
          continue;
        }
        if (headerSoFar.length > 0) unread = Buffer.concat([headerSoFar, unread]);
        const header = readFrameHeader(unread);
        headerSoFar = header === undefined ? unread : Buffer.alloc(0);
        if (header === undefined) return;
        unread = unread.subarray(header.headerBytes);
        enterFrame(header);
      }
    },
    isOversized: (messageNumber) => messageNumber >= oversizedMessage,
  };
}

type FrameHeader = { headerBytes: number; payloadBytes: number; startsMessage: boolean; isControl: boolean };

function readFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = bytes.readUInt8(0) & 0x0f;
  const masked = (bytes.readUInt8(1) & 0x80) !== 0;
  const shortLength = bytes.readUInt8(1) & 0x7f;
  const lengthBytes = shortLength === 127 ? 8 : shortLength === 126 ? 2 : 0;
  const headerBytes = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < headerBytes) return undefined;
  const payloadBytes =
    lengthBytes === 8
      ? Number(bytes.readBigUInt64BE(2))
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : shortLength;
  return { headerBytes, payloadBytes, startsMessage: opcode === 1 || opcode === 2, isControl: opcode >= 8 };
}
