import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../functions/route-table.ts';
import * as source from '../../lib/config.ts';
import { type Installed, inRepository, installPacked, linkInto } from '../support/installed.ts';
import { type AppTemplate, ofType, synthesizeApp } from './support/synthesized-app.ts';

const execute = promisify(execFile);

/** Packing builds five bundles; a busy machine takes its time. */
describe('the CDK package, packed and installed', { timeout: 180_000 }, () => {
  let app: Installed;
  beforeAll(async () => {
    app = await installPacked(['zod', 'fastest-levenshtein'], 'cdk');
    await linkInto(app.project, ['aws-cdk-lib', 'constructs']);
    await cp(inRepository('examples', 'cdk-app'), app.project, {
      recursive: true,
      filter: (path) => basename(path) !== 'package.json',
    });
  }, 300_000);
  afterAll(() => app.remove());

  const synthesize = (stage = 'dev'): Promise<Record<string, AppTemplate>> =>
    synthesizeApp(app.project, { app: 'app.ts', context: { stage } });

  it('has its entry, its types, a bundle for each function, and who made what is in them', async () => {
    expect(basename(app.tarball)).toMatch(/^heliograph-cdk-\d+\.\d+\.\d+\.tgz$/);
    const handlers = functionNames.map((name) => `dist/handlers/${name}/index.mjs`);
    for (const path of [
      'dist/index.js',
      'dist/types/cdk/src/index.d.ts',
      'dist/config.schema.json',
      'dist/NOTICES.txt',
      'LICENSE',
      'README.md',
      ...handlers,
    ]) {
      expect(app.files).toContain(path);
    }
    expect(app.files.filter((path) => !/^(dist\/|README\.md$|LICENSE$|package\.json$)/.test(path))).toEqual(
      [],
    );
    expect(app.files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    const notices = await readFile(
      join(app.project, 'node_modules/@heliograph/cdk/dist/NOTICES.txt'),
      'utf8',
    );
    for (const name of ['zod', 'aws-jwt-verify', '@aws-sdk/client-dynamodb']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('is one library for import and for require', async () => {
    const ask = `import { createRequire } from 'node:module';
      import * as cdk from '@heliograph/cdk';
      const required = createRequire(import.meta.url)('@heliograph/cdk');
      console.log(JSON.stringify([Object.keys(cdk).sort(), required.SignalingBackend === cdk.SignalingBackend]));`;
    await writeFile(join(app.project, 'ask.mjs'), ask);
    const { stdout } = await execute(process.execPath, ['ask.mjs'], { cwd: app.project });
    expect(JSON.parse(stdout)).toEqual([
      ['SignalingBackend', 'SignalingEdge', 'applyTokenPolicy', 'configJsonSchema', 'parseSettings'],
      true,
    ]);
  });

  it('the example of a CDK app gives one stack with the backend in it', async () => {
    const templates = await synthesize();
    expect(Object.keys(templates)).toEqual(['Robots-dev']);
    const { 'Robots-dev': stack } = templates;
    if (stack === undefined) throw new Error('There is no stack.');
    expect(ofType(stack, 'AWS::Lambda::Function')).toHaveLength(functionNames.length);
    expect(ofType(stack, 'AWS::DynamoDB::Table')).toHaveLength(4);
    expect(ofType(stack, 'AWS::ApiGatewayV2::Api')).toHaveLength(1);
    expect(ofType(stack, 'AWS::Cognito::UserPool')).toHaveLength(1);
    expect(Object.keys(stack.Outputs).sort()).toEqual([
      'PeopleClientId',
      'RevocationFunction',
      'RobotsClientId',
      'UserPoolId',
      'WebSocketUrl',
    ]);
  });

  it('an unchanged app gives the same templates, assets included: its diff is empty', async () => {
    expect(await synthesize()).toEqual(await synthesize());
  });

  it('every stage has its file, and a wrong setting in one is named with the nearest right one', async () => {
    const { 'Robots-prod': prod } = await synthesize('prod');
    expect(JSON.stringify(prod)).toContain('"HELIOGRAPH_QUERY_TOKEN":"true"');
    await writeFile(join(app.project, 'config', 'wrong.json'), '{ "stage": "wrong", "flietSize": 5 }');
    await expect(synthesize('wrong')).rejects.toThrow(
      /config\.flietSize is no setting.*Did you mean config\.fleetSize\?/s,
    );
  });

  it('its schema of a file is that of the source', async () => {
    const file = join(app.project, 'node_modules/@heliograph/cdk/dist/config.schema.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(source.configJsonSchema())),
    );
  });

  it('its types compile, strict, and refuse a setting that there is none of', async () => {
    const right = await readFile(join(app.project, 'app.ts'), 'utf8');
    const wrong = right.replace('{ config }', '{ config: { flietSize: 5 } }');
    expect(await compiled(right)).toEqual([]);
    expect(await compiled(wrong)).toEqual([
      expect.stringMatching(/TS2561.*Did you mean to write 'fleetSize'/),
    ]);
  });

  async function compiled(text: string): Promise<string[]> {
    await writeFile(join(app.project, 'checked.ts'), text);
    const config = {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: ['node'],
        typeRoots: [inRepository('node_modules', '@types')],
      },
      files: ['checked.ts'],
    };
    await writeFile(join(app.project, 'tsconfig.json'), JSON.stringify(config));
    const compiler = inRepository('node_modules', 'typescript', 'bin', 'tsc');
    const said = await execute(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
      cwd: app.project,
    }).then(
      () => '',
      (failure: { readonly stdout?: string }) => failure.stdout ?? '',
    );
    return said.split('\n').filter((line) => line.includes('error TS'));
  }
});
