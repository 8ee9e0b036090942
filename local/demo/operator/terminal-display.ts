import { stripVTControlCharacters, styleText } from 'node:util';
import type { Display, LiveView, Summary } from './display.ts';

const eraseLine = '\r\u001b[2K';
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinEveryMs = 100;
/** Without a terminal to redraw, only what takes longer than this is worth a line. */
const worthALineMs = 2_000;
const lineEveryMs = 1_000;

/** To a person: steps with their times; what changes is redrawn in one line where the output is a terminal. */
export function createTerminalDisplay(): Display {
  const { stdout } = process;
  const startedAt = performance.now();
  let isDrawn = false;
  let waitingFor: string | undefined;
  let stopTimer = () => {};
  let liveAt = Number.NEGATIVE_INFINITY;

  function stopWaiting(): void {
    stopTimer();
    waitingFor = undefined;
  }

  /** A line that the next one replaces. */
  function draw(line: string): void {
    stdout.write(`${eraseLine}${fitted(line, stdout.columns)}`);
    isDrawn = true;
  }

  function print(line: string): void {
    stopTimer();
    stdout.write(`${isDrawn ? eraseLine : ''}${line}\n`);
    isDrawn = false;
  }

  return {
    title: (line) => print(`\n${styleText('bold', line)}\n`),
    waiting(what) {
      if (waitingFor === what) return;
      stopTimer();
      waitingFor = what;
      stopTimer = stdout.isTTY ? spin(what, draw) : mention(what, print);
    },
    step(name, detail = '') {
      stopWaiting();
      const elapsed = `${Math.round(performance.now() - startedAt)} ms`.padStart(9);
      print(
        `  ${styleText('green', '✓')} ${name.padEnd(21)}${styleText('dim', elapsed)}  ${styleText('dim', detail)}`.trimEnd(),
      );
    },
    note: (line) => print(styleText('dim', `    ${line}`)),
    live(view) {
      stopWaiting();
      if (stdout.isTTY) return draw(liveLine(view));
      if (performance.now() - liveAt < lineEveryMs) return;
      liveAt = performance.now();
      print(liveLine(view));
    },
    summary: (summary) => print(`\n  ${summaryLine(summary)}\n`),
    failure(message) {
      stopWaiting();
      if (isDrawn) stdout.write(eraseLine);
      isDrawn = false;
      process.stderr.write(`\n${styleText('red', 'Stopped.', { stream: process.stderr })} ${message}\n`);
    },
    close() {
      stopWaiting();
      if (isDrawn) stdout.write(eraseLine);
    },
  };
}

function spin(what: string, draw: (line: string) => void): () => void {
  let frame = 0;
  const turn = () => {
    draw(`  ${styleText('cyan', spinner[frame % spinner.length] ?? '')} ${what}`);
    frame += 1;
  };
  turn();
  const timer = setInterval(turn, spinEveryMs);
  return () => clearInterval(timer);
}

function mention(what: string, print: (line: string) => void): () => void {
  const timer = setTimeout(() => print(styleText('dim', `    … ${what}`)), worthALineMs);
  return () => clearTimeout(timer);
}

function liveLine({ pose, posesPerSecond, roundTripMs, silentMs, mode }: LiveView): string {
  const degrees = Math.round((pose.headingRad * 180) / Math.PI);
  const where = [
    `x ${fixed(pose.x, 2, 6)} m`,
    `y ${fixed(pose.y, 2, 6)} m`,
    `heading ${`${degrees}`.padStart(4)}°`,
    `${fixed(pose.speed, 2, 5)} m/s`,
  ].join('  ');
  const link =
    silentMs === undefined
      ? `${posesPerSecond} Hz  rtt ${roundTripMs === undefined ? '–' : fixed(roundTripMs, 1, 1)} ms`
      : styleText('yellow', `silent for ${Math.round(silentMs / 1000)} s`);
  return `  ${styleText('cyan', mode === 'control' ? 'driving' : 'viewing')}  ${where}  ${styleText('dim', link)}`;
}

function summaryLine({ seconds, poses, posesPerSecond, drivenM, roundTripMs }: Summary): string {
  const times =
    roundTripMs === undefined
      ? ''
      : `, round trip ${[roundTripMs.least, roundTripMs.median, roundTripMs.most].map((ms) => fixed(ms, 1, 1)).join(' / ')} ms (least / median / most)`;
  return `${fixed(seconds, 1, 1)} s live: ${poses} poses (${fixed(posesPerSecond, 1, 1)} Hz), ${fixed(drivenM, 2, 1)} m${times}.`;
}

function fixed(value: number, digits: number, width: number): string {
  // −0.00 would flicker beside 0.00.
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).padStart(width);
}

/** A line that wraps cannot be erased: one that is too long loses its colours and its end. */
function fitted(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : plain.slice(0, columns - 1);
}
