/** Times that the truth may change while it is told; each time somebody else tells it as well. */
const rounds = 4;

/**
 * Tells what is so, and again if that has changed meanwhile: posts of two who tell at once may arrive in
 * either order, and whoever was late sees it here. So the last word is the truth, for one read more.
 */
export async function tellTruth<Fact>(of: {
  /** What was said already, by another way. */
  readonly told?: Fact;
  /** What is so by what the caller has just written, to be said without a look. */
  readonly first?: Fact;
  /** Undefined when there is nothing to be said any more. */
  readonly read: () => Promise<Fact | undefined>;
  readonly isSame: (one: Fact, other: Fact) => boolean;
  readonly say: (fact: Fact) => Promise<void>;
}): Promise<void> {
  let { told } = of;
  if (of.first !== undefined) {
    await of.say(of.first);
    told = of.first;
  }
  for (let round = 0; round < rounds; round++) {
    const fact = await of.read();
    if (fact === undefined || (told !== undefined && of.isSame(told, fact))) return;
    await of.say(fact);
    told = fact;
  }
}
