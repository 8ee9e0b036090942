/**
 * A number from 0 to below 2³², the same for the same text in every process, and evenly spread over
 * many. FNV-1a over the UTF-16 units with the finish of MurmurHash3: no secrecy is asked of it.
 */
export function spreadOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  // Without this, texts that differ in their last letters only lie close together.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Size of the range of `spreadOf`. */
export const spreadRange = 2 ** 32;
