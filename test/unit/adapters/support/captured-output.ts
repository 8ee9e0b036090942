import { vi } from 'vitest';

/** What was written to standard output and standard error since, line by line. Powertools has a console of its own. */
export function captureOutput() {
  const written: string[] = [];
  const take = (chunk: unknown) => {
    written.push(String(chunk));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation(take),
  ];
  return {
    lines: () =>
      written
        .join('')
        .split('\n')
        .filter((line) => line !== ''),
    release: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
