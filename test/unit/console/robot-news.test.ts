import { describe, expect, it } from 'vitest';
import { createRobotNews } from '../../../console/src/connection/robot-news.ts';

const here = { serverNow: 100_000, clientId: 'own' };
const status = { type: 'robotStatus', robotId: 'rover-1', state: 'online', sinceAt: 1_000 } as const;
const by = (clientId: string, sinceAt = 2_000) => ({ clientId, userName: `of-${clientId}`, sinceAt });

/** What is told of these words, one after the other. */
function toldOf(...words: Parameters<ReturnType<typeof createRobotNews>>[0][]) {
  const newsOf = createRobotNews();
  return words.map((word) => newsOf(word, here)?.text);
}

describe('the news of a word about a robot', () => {
  it('its state, when that has changed; a word that is said twice only once', () => {
    const away = { ...status, state: 'away', sinceAt: 99_000 } as const;
    expect(toldOf(away, away, { ...status, sinceAt: 99_500 })).toEqual([
      'rover-1 is away.',
      undefined,
      'rover-1 is online.',
    ]);
  });

  it('who drives it, when only that has changed, and nobody', () => {
    const driven = { ...status, controlledBy: by('a') };
    expect(toldOf(driven, driven, { ...status, controlledBy: by('b') }, status)).toEqual([
      'of-a drives rover-1 now.',
      undefined,
      'of-b drives rover-1 now.',
      'Nobody drives rover-1 now.',
    ]);
  });

  it('of a robot that has just come only what is the younger of the two', () => {
    const come = { ...status, sinceAt: 98_000 };
    expect(toldOf({ ...come, controlledBy: by('a', 99_000) })).toEqual(['of-a drives rover-1 now.']);
    expect(toldOf({ ...come, controlledBy: by('a', 97_000) })).toEqual(['rover-1 is online.']);
  });

  it('not that this page drives, which says so itself; nor names that are not known', () => {
    const { userName: _, ...nameless } = by('c');
    expect(toldOf({ ...status, controlledBy: by('own') }, { ...status, controlledBy: nameless })).toEqual([
      undefined,
      'Somebody drives rover-1 now.',
    ]);
  });
});
