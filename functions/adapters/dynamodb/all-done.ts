/** Waits for all even when one fails, so that nothing is still being written after the answer. @throws what the first that failed threw */
export async function allDone(writes: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(writes)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
