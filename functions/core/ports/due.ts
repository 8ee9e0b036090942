/** Something that is due, and since when: Unix ms of its deadline. */
export type Due<Key> = { readonly key: Key; readonly dueAt: number };

/** A question for what is due at `now`, soonest first, in one shard of a deadline index. */
export type DueQuery = { readonly shard: number; readonly now: number; readonly limit: number };
