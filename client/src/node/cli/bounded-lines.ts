const newline = 0x0a;

/**
 * The lines of a stream, each once it is whole. One that is longer than `mostBytes` is undefined, and never held in
 * memory: whoever writes is another program.
 */
export async function* boundedLines(
  input: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<string | undefined> {
  let parts: Uint8Array[] = [];
  let bytes = 0;

  function keep(part: Uint8Array): void {
    bytes += part.byteLength;
    if (bytes > mostBytes) parts = [];
    else parts.push(part);
  }

  function take(): string | undefined {
    const line = bytes > mostBytes ? undefined : Buffer.concat(parts).toString();
    parts = [];
    bytes = 0;
    return line;
  }

  for await (const chunk of input) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, at));
      from = at + 1;
      yield take();
    }
    keep(chunk.subarray(from));
  }
  if (bytes > 0) yield take();
}
