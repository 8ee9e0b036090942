import { describe, expect, it } from 'vitest';
import { isRevoked } from '../../../functions/core/model/revocation.ts';

/** Signed in at 100 s, refreshed at 500 s. */
const life = { signedInAt: 100_000, issuedAt: 500_000, expiresAt: 900_000 };
const nothing = { signInRevoked: false };

describe('F13: a genuine token is refused', () => {
  it('of a user of whom nothing was revoked: not', () => {
    expect(isRevoked(life, nothing)).toBe(false);
  });

  it('of a sign-in that was revoked by itself', () => {
    expect(isRevoked(life, { signInRevoked: true })).toBe(true);
  });

  it.each([
    { signInsUntil: 99_000, refused: false },
    { signInsUntil: 100_000, refused: true },
    { signInsUntil: 400_000, refused: true },
  ])('of a sign-in of before, though it was refreshed since ($signInsUntil)', ({ signInsUntil, refused }) => {
    expect(isRevoked(life, { ...nothing, signInsUntil })).toBe(refused);
  });

  it.each([
    { tokensUntil: 499_000, refused: false },
    { tokensUntil: 500_000, refused: true },
  ])('that was issued before, though its sign-in stands ($tokensUntil)', ({ tokensUntil, refused }) => {
    expect(isRevoked(life, { ...nothing, tokensUntil })).toBe(refused);
  });
});
