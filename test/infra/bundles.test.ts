import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { esbuildOptions, functionEntry } from '../../lib/constructs/bundling.ts';

const largestBytes = 250 * 1024;
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
    '%s is one small minified ES module with all that it needs in it',
    async (name) => {
      const { text, bytes, output } = await bundle(name);
      sizes.push(`${name} ${(bytes / 1024).toFixed(1)} KB`);

      expect(output.exports).toEqual(['handler']);
      const inputs = Object.keys(output.inputs);
      // Of the SDK the HTTP handler, the signer and the retries, and no client: half a bundle, and most of its init.
      expect(inputs.filter((path) => /node_modules\/@aws-sdk\/(?!util-dynamodb\/)/.test(path))).toEqual([]);
      for (const part of ['node-http-handler', 'signature-v4', 'core/dist-es/submodules/retry']) {
        expect(inputs).toContainEqual(expect.stringContaining(`node_modules/@smithy/${part}/`));
      }
      // Of zod what is called: neither its chained methods, nor JSON Schema, nor a language but English.
      expect(
        inputs.filter((path) => /zod\/v4\/(classic|core\/.*json-schema|locales\/(?!en))/.test(path)),
      ).toEqual([]);
      // Only where something is asked of it.
      expect(text.includes('DynamoDB_20120810')).toBe(true);
      expect(text.includes('GetSecretValue')).toBe(name === 'sessions');
      expect(text.includes('AdminUserGlobalSignOut')).toBe(name === 'revocation');
      expect(output.imports.filter(({ path }) => !isBuiltin(path)).map(({ path }) => path)).toEqual([]);
      expect(text.split('\n').length).toBeLessThan(bytes / 2_000);
      expect(bytes).toBeLessThanOrEqual(largestBytes);
    },
  );
});
