/**
 * A listener that throws, or is async and rejects, must not take the service down with it, nor turn what has been
 * done into an error. What it failed with is dropped: there is nobody left to tell.
 */
export function guardedListener<E>(listener: ((event: E) => void) | undefined): (event: E) => void {
  if (listener === undefined) return () => {};
  const tell = async (event: E) => listener(event);
  return (event) => {
    tell(event).catch(() => {});
  };
}
