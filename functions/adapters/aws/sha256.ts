import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

type Bytes = string | ArrayBuffer | ArrayBufferView;

/**
 * SHA-256, and HMAC where there is a secret, as the signer asks for it. To make a key of a secret takes
 * eight times as long as what is done with it, and the signer comes with the same two at each request:
 * they are made once.
 */
export class Sha256 {
  readonly #hash: Pick<ReturnType<typeof createHmac>, 'update' | 'digest'>;

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
  }

  update(data: Bytes): void {
    this.#hash.update(typeof data === 'string' ? data : viewOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  /** The signer takes a new one instead. */
  reset(): never {
    throw new Error('A Sha256 is used once.');
  }
}

/** Of signing keys, which the signer keeps itself for as long as they are good. */
const keysOfBytes = new WeakMap<object, KeyObject>();
/** Of the secret that credentials are of. */
let lastOfText: { readonly secret: string; readonly key: KeyObject } | undefined;

function keyOf(secret: Bytes): KeyObject {
  if (typeof secret === 'string') {
    if (lastOfText?.secret !== secret) lastOfText = { secret, key: createSecretKey(secret, 'utf8') };
    return lastOfText.key;
  }
  const key = keysOfBytes.get(secret) ?? createSecretKey(viewOf(secret));
  keysOfBytes.set(secret, key);
  return key;
}

function viewOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
