import { App } from 'aws-cdk-lib';
import { buildConsole } from '../console/build.ts';
import { parseConfig } from '../lib/config.ts';
import { addHeliograph } from '../lib/heliograph-app.ts';

const app = new App();
try {
  const config = parseConfig(app.node.getAllContext());
  // Built only where it is wanted: the bundler takes longer to load than the rest.
  const built = config.console === undefined ? {} : { console: await buildConsole() };
  addHeliograph(app, config, built);
} catch (error) {
  // A wrong setting is the user's to correct: what to correct, without a stack trace of ours.
  if (!(error instanceof Error && error.name === 'ConfigError')) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
