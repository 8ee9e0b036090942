import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allSettings, configurationPage } from '../../../docs/reference/configuration-page.ts';
import { settingNotes } from '../../../docs/reference/setting-notes.ts';

describe('the page of the settings', () => {
  it('is the one that `npm run docs` writes from the schema', () => {
    const written = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(written).toBe(configurationPage());
  });

  it('says of every setting what it is for, and of none that there is not', () => {
    expect(Object.keys(settingNotes).sort()).toEqual(
      allSettings()
        .map(({ path }) => path)
        .sort(),
    );
  });
});
