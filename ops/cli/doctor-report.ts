import { type Finding, inWords } from '../doctor/finding.ts';
import type { ProbeAnswers } from '../doctor/probe.ts';
import type { Output } from './output.ts';

const marks = { ok: '✓', skipped: '-', warning: '!', fault: '✗' } as const;
const colours = { ok: 'green', skipped: 'dim', warning: 'yellow', fault: 'red' } as const;

/** What was found: a line each, below a fault its remedy, and a line that sums it up. */
export function reportFindings(output: Output, title: string, findings: readonly Finding[]): void {
  if (output.json) {
    output.say(JSON.stringify({ deployment: title, findings }, undefined, 2));
    return;
  }
  output.say(`${title}\n`);
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const finding of findings) {
    const { state, check, says } = finding;
    output.say(`${output.paint(colours[state], marks[state])} ${check.padEnd(width)}  ${says}`);
    if ('remedy' in finding)
      output.say(`  ${' '.repeat(width)}  ${output.paint('bold', '→')} ${finding.remedy}`);
  }
  output.say(`\n${summary(findings)}`);
}

function summary(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const faults = count('fault');
  if (faults > 0) return `${faults} ${faults === 1 ? 'fault' : 'faults'}; ${count('ok')} in order.`;
  const warnings = count('warning');
  return `All in order${warnings > 0 ? `, ${warnings} to look at` : ''}: ${count('ok')} looked at${count('skipped') > 0 ? `, ${count('skipped')} left out` : ''}.`;
}

export function reportProbe(output: Output, answers: ProbeAnswers): void {
  if (output.json) {
    output.say(JSON.stringify(answers, undefined, 2));
    return;
  }
  const { pingsResetIdle } = answers;
  const rows = [
    { question: 'Do ping frames reset the idle time?', answer: yesNo(pingsResetIdle) },
    { question: 'A connection that said nothing lived', answer: lived(answers.silentLivedMs) },
    { question: 'One that sent ping frames lived', answer: lived(answers.pingedLivedMs) },
    { question: '$disconnect after a close came after', answer: late(answers.disconnectAfterCloseMs) },
    { question: '$disconnect after a cut came after', answer: late(answers.disconnectAfterCutMs) },
  ];
  output.rows(rows, ['question', 'answer'], '');
}

const yesNo = (answer: boolean | undefined): string =>
  answer === undefined ? 'not known: the silent one was not cut either' : answer ? 'yes' : 'no';
const lived = (ms: number | undefined): string =>
  ms === undefined ? 'to the end of the probe' : inWords(ms);
const late = (ms: number | undefined): string =>
  ms === undefined ? 'more than 2 min, or never' : `${ms} ms`;
