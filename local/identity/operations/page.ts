import * as z from 'zod';
import { refusals } from '../cognito-error.ts';

export const limitField = z.int().min(0).max(60).optional();
export const pageTokenField = z.string().min(1).optional();

const offsetToken = /^\d{1,9}$/;

/** A page and the token of the next, which is opaque to callers: an offset, which a deletion between pages shifts. */
export function pageOf<T>(
  items: readonly T[],
  request: { limit: number | undefined; token: string | undefined },
): { items: readonly T[]; next: string | undefined } {
  const offset = offsetOf(request.token);
  // 0 is Cognito's way of saying «the default».
  const end = offset + (request.limit || 60);
  const next = end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: items.slice(offset, end), next };
}

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = Buffer.from(token, 'base64url').toString();
  if (!offsetToken.test(text)) throw refusals.invalidPaginationToken();
  return Number(text);
}
