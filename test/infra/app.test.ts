import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../lib/constructs/bundling.ts';
import { synthesize } from './support/synthesized.ts';

/** Runs the app as the CDK CLI does, but for the bundling; no network, no credentials. */
function runApp(context: Record<string, unknown>) {
  const outdir = mkdtempSync(join(tmpdir(), 'heliograph-synth-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  const { status, stderr } = spawnSync(process.execPath, ['bin/heliograph.ts'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { status, stderr, files: readdirSync(outdir) };
}

/** Each of these starts a process or synthesises twice; a busy machine takes its time. */
describe('the app', { timeout: 60_000 }, () => {
  test('gives the same templates each time', () => {
    const templates = () => Object.values(synthesize()).map(({ json }) => json);
    expect(templates()).toEqual(templates());
  });

  test('makes four stacks, named by the stage', () => {
    const { status, files } = runApp({ 'heliograph:stage': 'prod' });
    expect(status).toBe(0);
    expect(files.filter((file) => file.endsWith('.template.json')).sort()).toEqual([
      'Heliograph-prod-Identity.template.json',
      'Heliograph-prod-Operations.template.json',
      'Heliograph-prod-Signaling.template.json',
      'Heliograph-prod-Store.template.json',
    ]);
  });

  test('says which setting is wrong, without a stack trace', () => {
    const { status, stderr } = runApp({ 'heliograph:stages': 'prod' });
    expect(status).toBe(1);
    expect(stderr).toContain('heliograph:stages is no setting of Heliograph; known are stage, tokenPolicy,');
    expect(stderr).not.toContain('    at ');
  });
});
