import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { type WayToAws, waysToAws } from '../../functions/runtime/aws-services.ts';
import { esbuildOptions, functionEntry } from '../../lib/constructs/bundling.ts';

const largestBytes: Readonly<Record<WayToAws, number>> = { sdk: 450 * 1024, signed: 250 * 1024 };
const sizes: string[] = [];

/** As NodejsFunction calls esbuild, from the same constants. */
async function bundle(name: FunctionName) {
  const result = await build({
    ...esbuildOptions(),
    entryPoints: [functionEntry(name)],
    write: false,
    metafile: true,
    outfile: 'index.mjs',
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

  test.each(functionNames)(
    '%s is one small minified ES module with all that it asks AWS with',
    async (name) => {
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
      // Each brings a client of its own: only where something is asked of it, and not where requests are signed.
      const clients = new Set(
        inputs.flatMap((path) => /node_modules\/@aws-sdk\/client-([\w-]+)\//.exec(path)?.[1] ?? []),
      );
      expect([...clients].sort()).toEqual(clientsOf(name));
      // Signed by themselves are the requests of those without them, and of no other.
      expect(inputs.some((path) => path.endsWith('functions/adapters/aws/transport.ts'))).toBe(
        waysToAws[name] === 'signed',
      );
      expect(output.imports.filter(({ path }) => !isBuiltin(path)).map(({ path }) => path)).toEqual([]);
      // An ES module that imports it reads each of its exports, and one of those loads what `fetch` is made of: 40 ms.
      const imported = output.imports
        .filter(({ kind }) => kind === 'import-statement')
        .map(({ path }) => path);
      expect(imported).toContain('node:https');
      expect(imported.filter((path) => /^(node:)?http$/.test(path))).toEqual([]);
      expect(text.split('\n').length).toBeLessThan(bytes / 2_000);
      expect(bytes).toBeLessThanOrEqual(largestBytes[waysToAws[name]]);
    },
  );
});

function clientsOf(name: FunctionName): readonly string[] {
  if (waysToAws[name] === 'signed') return [];
  const all = ['apigatewaymanagementapi', 'dynamodb'];
  if (name === 'revocation') all.push('cognito-identity-provider');
  return all.sort();
}
