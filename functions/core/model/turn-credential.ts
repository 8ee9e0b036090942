/** The credential that belongs to a user name: a keyed hash of it, as text. */
export type SignUserName = (username: string) => string;

export type TurnCredential = {
  readonly username: string;
  readonly credential: string;
  /** Unix ms; never later than the TURN server sees it. */
  readonly expiresAt: number;
};

/**
 * A credential for one holder and some time: the server, which has the same key, reads the end from
 * the user name and finds the password by itself. Whole seconds, cut off: what is told is never longer
 * than what holds.
 *
 * @param of.id without a colon: the server reads what is before the first as the end.
 * @see https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00#section-2.2
 */
export function turnCredential(
  of: { readonly id: string; readonly now: number; readonly lifeMs: number },
  sign: SignUserName,
): TurnCredential {
  const expiresAtS = Math.floor((of.now + of.lifeMs) / 1000);
  const username = `${expiresAtS}:${of.id}`;
  return { username, credential: sign(username), expiresAt: expiresAtS * 1000 };
}
