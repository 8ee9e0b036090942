import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { playReturning } from '../../local/demo/returning/play.ts';
import { localOnly } from './support/emulator.ts';

const withoutTime = (line: string) => line.replace(/^ *\d+\.\d s/, '').trim();

it.skipIf(localOnly)(
  '[local-only] npm run demo:returning plays as its transcript in docs/coming-back.md says',
  async () => {
    const played: string[] = [];
    expect(await playReturning((line) => played.push(line)), played.join('\n')).toBe(0);
    const page = await readFile(new URL('../../docs/coming-back.md', import.meta.url), 'utf8');
    const [, transcript = ''] = page.split('```\n');
    const lines = transcript.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(10);
    // Two things that happen at once are told in either order.
    expect(played.map(withoutTime).sort()).toEqual(lines.map(withoutTime).sort());
  },
);
