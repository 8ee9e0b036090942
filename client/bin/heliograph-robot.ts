#!/usr/bin/env node
import { main } from '../src/node/cli/main.ts';

process.exitCode = await main(process.argv.slice(2), process.env);
// Standard input would keep the process for whoever holds its other end.
process.stdin.unref?.();
