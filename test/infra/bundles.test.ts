import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { bundling, functionEntry, projectRoot } from '../../lib/constructs/bundling.ts';

const largestBytes = 450 * 1024;
const sizes: string[] = [];

/** As NodejsFunction calls esbuild, from the same constant. */
async function bundle(name: FunctionName) {
  const { format, target, minify, mainFields, externalModules, sourceMap, banner, alias } = bundling;
  const result = await build({
    entryPoints: [functionEntry(name)],
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    metafile: true,
    outfile: 'index.mjs',
    platform: 'node',
    format,
    target,
    minify,
    mainFields: [...mainFields],
    external: [...externalModules],
    sourcemap: sourceMap,
    banner: { js: banner },
    alias: { [alias.from]: alias.to },
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  const [output] = Object.values(result.metafile.outputs);
  if (file === undefined || output === undefined) throw new Error(`esbuild made nothing of ${name}.`);
  return { text: file.text, bytes: file.contents.byteLength, output };
}

describe('bundles', () => {
  afterAll(() => {
    process.stdout.write(`Bundles, minified: ${sizes.join(', ')}\n`);
  });

  test.each(functionNames)('%s is one small minified ES module with the SDK in it', async (name) => {
    const { text, bytes, output } = await bundle(name);
    sizes.push(`${name} ${(bytes / 1024).toFixed(1)} KB`);

    expect(output.exports).toEqual(['handler']);
    const inputs = Object.keys(output.inputs);
    // A quarter of a bundle that a Lambda has no use for.
    expect(inputs.filter((path) => /credential-provider-(?!env)/.test(path))).toEqual([]);
    // Of zod what is called: neither its chained methods, nor JSON Schema, nor a language but English.
    expect(
      inputs.filter((path) => /zod\/v4\/(classic|core\/.*json-schema|locales\/(?!en))/.test(path)),
    ).toEqual([]);
    expect(inputs).toContainEqual(expect.stringContaining('node_modules/@aws-sdk/client-dynamodb/'));
    // Each brings a client of its own: only where something is asked of it.
    const asksFor = (client: string) => inputs.some((path) => path.includes(`/client-${client}/`));
    expect(asksFor('secrets-manager')).toBe(name === 'sessions');
    expect(asksFor('cognito-identity-provider')).toBe(name === 'revocation');
    expect(output.imports.filter(({ path }) => !isBuiltin(path)).map(({ path }) => path)).toEqual([]);
    expect(text.split('\n').length).toBeLessThan(bytes / 2_000);
    expect(bytes).toBeLessThanOrEqual(largestBytes);
  });
});
