import { useEffect, useRef } from 'preact/hooks';
import type { Push } from './controls.ts';

/** A stick for fingers and mice. Keys and gamepads need none. */
export function Stick({ onPush }: { readonly onPush: (push: Push | undefined) => void }) {
  const zone = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = zone.current;
    if (element === null) return;
    let isGone = false;
    let stop = (): void => undefined;
    // Fetched when somebody may drive: the first page does not wait for it.
    void import('nipplejs').then(({ default: nipplejs }) => {
      if (isGone) return;
      const sticks = nipplejs.create({
        zone: element,
        mode: 'static',
        position: { left: '50%', top: '50%' },
        size: 120,
        color: { front: 'var(--accent)', back: 'var(--line)' },
      });
      sticks.on('move', ({ data }) => onPush({ ahead: data.vector.y, left: -data.vector.x }));
      sticks.on('end', () => onPush(undefined));
      stop = () => sticks.destroy();
    });
    return () => {
      isGone = true;
      onPush(undefined);
      stop();
    };
  }, []);
  return <div class="stick" ref={zone} aria-hidden="true" />;
}
