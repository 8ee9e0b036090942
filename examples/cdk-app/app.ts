import { readFileSync } from 'node:fs';
import { SignalingBackend } from '@heliograph/cdk';
import { App, Stack } from 'aws-cdk-lib';

const app = new App();
// One file a stage: `npx cdk deploy --all -c stage=prod` takes config/prod.json.
const stage: unknown = app.node.tryGetContext('stage') ?? 'dev';
const config = JSON.parse(readFileSync(new URL(`config/${stage}.json`, import.meta.url), 'utf8'));

const stack = new Stack(app, `Robots-${stage}`, { description: `Signaling for our robots (${stage})` });
const backend = new SignalingBackend(stack, 'Signaling', { config });
backend.addStackOutputs();
