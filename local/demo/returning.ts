import { playReturning } from './returning/play.ts';

process.exitCode = await playReturning((line) => void process.stdout.write(`${line}\n`));
