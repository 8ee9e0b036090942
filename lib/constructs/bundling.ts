import { resolve } from 'node:path';
import type { FunctionName } from '../../functions/route-table.ts';

export const projectRoot = resolve(import.meta.dirname, '../..');
export const depsLockFilePath = resolve(projectRoot, 'package-lock.json');

export function functionEntry(name: FunctionName): string {
  return resolve(projectRoot, 'functions', `${name}.ts`);
}

/**
 * How every function is bundled: one minified ES module with all that it needs in it. ESM and `module`
 * first, since CommonJS builds of the AWS packages cannot be tree-shaken; they are inside, because
 * loading the runtime's copy from disk costs a cold start more than the bytes do.
 * @see https://aws.amazon.com/blogs/developer/reduce-lambda-cold-start-times-migrate-to-aws-sdk-for-javascript-v3/
 */
export const bundling = {
  format: 'esm',
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  externalModules: [],
  /** A source map doubles the upload and is parsed at each error. Build one locally when a trace needs it. */
  sourceMap: false,
  /** What is left of CommonJS in dependencies calls `require` for Node's own modules, which an ES module does not have. */
  banner:
    "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  /**
   * The SDK's default chain looks for profiles, SSO and instance roles, which a Lambda does not have: a quarter of a
   * bundle. A function without the SDK's clients imports no chain.
   */
  alias: {
    from: '@aws-sdk/credential-provider-node',
    to: resolve(projectRoot, 'functions/runtime/no-credential-chain.ts'),
  },
} as const;

/** The same, as esbuild itself takes it: for whoever bundles without CDK's NodejsFunction. */
export function esbuildOptions() {
  const { format, target, minify, mainFields, externalModules, sourceMap, banner, alias } = bundling;
  return {
    bundle: true as const,
    platform: 'node' as const,
    absWorkingDir: projectRoot,
    format,
    target,
    minify,
    mainFields: [...mainFields] as string[],
    external: [...externalModules] as string[],
    sourcemap: sourceMap,
    banner: { js: banner },
    alias: { [alias.from]: alias.to },
  };
}
