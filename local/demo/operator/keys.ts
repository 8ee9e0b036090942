import type { Key } from './steering.ts';

const keys: Readonly<Record<string, Key>> = {
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[D': 'left',
  '\u001b[C': 'right',
  ' ': 'stop',
  q: 'quit',
  // In raw mode the terminal sends no signal.
  '\u0003': 'quit',
};

/** Every key in what the terminal has sent at once. */
const keyPattern = new RegExp(`${'\u001b'}\\[[A-D]|[\\s\\S]`, 'g');

export const canReadKeys = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Hears the keys of the terminal until the returned function is called. */
export function readKeys(onKey: (key: Key) => void): () => void {
  const { stdin } = process;
  const hear = (data: string) => {
    for (const text of data.match(keyPattern) ?? []) {
      const key = keys[text];
      if (key !== undefined) onKey(key);
    }
  };
  stdin.setRawMode(true).setEncoding('utf8').on('data', hear).resume();
  return () => {
    stdin.off('data', hear).setRawMode(false).pause();
  };
}
