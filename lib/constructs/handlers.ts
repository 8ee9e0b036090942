import { fileURLToPath } from 'node:url';
import type { FunctionProps, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Code, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../functions/route-table.ts';
import { bundling, depsLockFilePath, functionEntry, projectRoot } from './bundling.ts';

export type HandlerProps = Omit<FunctionProps, 'code' | 'handler'> & {
  readonly runtime: FunctionProps['runtime'];
};

/** Makes a Lambda function whose code is the handler of that name. */
export type Handlers = (
  scope: Construct,
  id: string,
  of: HandlerProps & { readonly name: FunctionName },
) => LambdaFunction;

const bundlingOptions: BundlingOptions = {
  format: OutputFormat.ESM,
  target: bundling.target,
  minify: bundling.minify,
  mainFields: [...bundling.mainFields],
  externalModules: [...bundling.externalModules],
  sourceMap: bundling.sourceMap,
  banner: bundling.banner,
  esbuildArgs: { '--alias': `${bundling.alias.from}=${bundling.alias.to}` },
};

/** Bundles the handlers of this repository at synth. */
export const handlersFromSource: Handlers = (scope, id, { name, ...props }) =>
  new NodejsFunction(scope, id, {
    ...props,
    entry: functionEntry(name),
    projectRoot,
    depsLockFilePath,
    bundling: bundlingOptions,
  });

/** The bundles in a folder, one folder each: those that a package brings. */
export function prebuiltHandlers(folder: string): Handlers {
  return (scope, id, { name, ...props }) =>
    new Lambda(scope, id, { ...props, code: Code.fromAsset(`${folder}/${name}`), handler: 'index.handler' });
}

/** Where a package has its bundles: beside the module that the package is. */
export function packagedHandlers(moduleUrl: string): Handlers {
  return prebuiltHandlers(fileURLToPath(new URL('handlers', moduleUrl)));
}
