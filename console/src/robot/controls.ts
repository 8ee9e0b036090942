import { type Signal, signal } from '@preact/signals';

/** Where the pilot pushes: 1 is all ahead, and all to the left. */
export type Push = { readonly ahead: number; readonly left: number };

/** Keys, stick and gamepad, as one. Whatever pushes most counts. */
export type Controls = {
  push(): Push;
  /** The on-screen stick, or nothing when it is let go. */
  stick(push: Push | undefined): void;
  readonly gamepad: Signal<string | undefined>;
  /** As if every key and the stick were let go. */
  letGo(): void;
  stop(): void;
};

const none: Push = { ahead: 0, left: 0 };
const deadZone = 0.15;

const byKey: Readonly<Record<string, Push>> = {
  ArrowUp: { ahead: 1, left: 0 },
  ArrowDown: { ahead: -1, left: 0 },
  ArrowLeft: { ahead: 0, left: 1 },
  ArrowRight: { ahead: 0, left: -1 },
  w: { ahead: 1, left: 0 },
  s: { ahead: -1, left: 0 },
  a: { ahead: 0, left: 1 },
  d: { ahead: 0, left: -1 },
};

/** Listens until it is stopped. `isActive`: whether the keys are for the robot at all. */
export function listenToControls(of: {
  readonly isActive: () => boolean;
  readonly onStop: () => void;
}): Controls {
  const held = new Set<string>();
  const gamepad = signal<string | undefined>(undefined);
  const heard = new AbortController();
  const { signal: until } = heard;
  let onStick: Push | undefined;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || isForAnother(event.target)) return;
    if (event.key === 'Escape' || (event.key === ' ' && !isPressable(event.target))) {
      if (event.key === ' ') event.preventDefault();
      held.clear();
      of.onStop();
      return;
    }
    const name = nameOf(event);
    if (byKey[name] === undefined || !of.isActive()) return;
    // Else the page scrolls.
    event.preventDefault();
    held.add(name);
  }

  function letGo(): void {
    held.clear();
    onStick = undefined;
  }

  addEventListener('keydown', onKeyDown, { signal: until });
  addEventListener('keyup', (event) => held.delete(nameOf(event)), { signal: until });
  // A key that is let go elsewhere is never told.
  addEventListener('blur', letGo, { signal: until });
  document.addEventListener('visibilitychange', letGo, { signal: until });

  function fromGamepad(): Push {
    const pad = navigator.getGamepads?.().find((each) => each?.connected === true);
    gamepad.value = pad?.id;
    const [x = 0, y = 0] = pad?.axes ?? [];
    const beyond = (value: number): number => (Math.abs(value) < deadZone ? 0 : value);
    return { ahead: -beyond(y) || 0, left: -beyond(x) || 0 };
  }

  return {
    gamepad,
    push() {
      const pushes = [...[...held].map((name) => byKey[name] ?? none), onStick ?? none, fromGamepad()];
      const bounded = (value: number): number => Math.max(-1, Math.min(1, value));
      return {
        ahead: bounded(pushes.reduce((sum, { ahead }) => sum + ahead, 0)),
        left: bounded(pushes.reduce((sum, { left }) => sum + left, 0)),
      };
    },
    stick(push) {
      onStick = push;
    },
    letGo,
    stop: () => heard.abort(),
  };
}

function nameOf({ key }: KeyboardEvent): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

/** Arrow keys in a field or on a slider are the field's. */
function isForAnother(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
}

function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, summary') !== null;
}
