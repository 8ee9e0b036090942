#!/usr/bin/env node
import { exitCodes } from '../src/node/cli/exit-codes.ts';

try {
  const { main } = await import('../src/node/cli/main.ts');
  process.exitCode = await main(process.argv.slice(2), process.env);
  // Standard input would keep the process for whoever holds its other end.
  process.stdin.unref?.();
} catch (failure) {
  // An optional peer: a page that installs the package needs none.
  const isWithoutWs =
    failure instanceof Error &&
    'code' in failure &&
    failure.code === 'ERR_MODULE_NOT_FOUND' &&
    failure.message.includes("'ws'");
  if (!isWithoutWs) throw failure;
  process.stderr.write('heliograph-robot connects by the package `ws`, which is not there: npm install ws\n');
  process.exitCode = exitCodes.calledWrongly;
}
