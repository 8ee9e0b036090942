/** A sign-in as it outlives the process. All moments are Unix ms by the clock of the machine that saved it. */
export type KeptSignIn = {
  readonly token: string;
  /** Whose it is: a cache is used for this identity only. */
  readonly identity: string;
  readonly expiresAt: number;
  readonly savedAt: number;
  readonly refreshToken?: string;
  /** When the refresh token ends; absent: not known. Rotation does not move it. */
  readonly refreshTokenEndsAt?: number;
};

/** Keeps one sign-in. A page has none, a robot a file. */
export type SignInStore = {
  /** What is kept; undefined for nothing, or nothing that can be used. @throws when it must not be used. */
  load(): Promise<KeptSignIn | undefined>;
  /** Has it kept when it resolves, whole or not at all. */
  save(signIn: KeptSignIn): Promise<void>;
  /** Runs the work while no other process does. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
};

/** Forgets with the process. */
export function memoryStore(): SignInStore {
  let kept: KeptSignIn | undefined;
  return {
    load: async () => kept,
    async save(signIn) {
      kept = signIn;
    },
    exclusively: (work) => work(),
  };
}
