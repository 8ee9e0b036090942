import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { parseConfig } from '../../../lib/config.ts';
import { addHeliograph } from '../../../lib/heliograph-app.ts';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
});
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});

export type Resource = z.infer<typeof resourceSchema>;
export type SynthesizedStack = { readonly template: Template; readonly json: z.infer<typeof templateSchema> };
export type Synthesized = Readonly<
  Record<'identity' | 'store' | 'signaling' | 'operations', SynthesizedStack>
>;

const stage = 'test';
const made = new Map<string, Synthesized>();

/**
 * The templates of the stacks for a context, made once per test file. Without bundling:
 * `bundles.test.ts` builds the bundles, and nothing here looks into them.
 */
export function synthesized(context: Readonly<Record<string, unknown>> = {}): Synthesized {
  const key = JSON.stringify(context);
  const known = made.get(key) ?? synthesize(context);
  made.set(key, known);
  return known;
}

/** The same, made anew; `change` is what somebody does to it before it is looked at. */
export function synthesize(
  context: Readonly<Record<string, unknown>> = {},
  change: (app: App) => void = () => undefined,
): Synthesized {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  addHeliograph(app, parseConfig({ 'heliograph:stage': stage, ...context }));
  change(app);
  const stack = (part: string): SynthesizedStack => {
    const found = app.node.tryFindChild(`Heliograph-${stage}-${part}`);
    // Of a store in another region, and of a pool of somebody else's, there is none.
    if (found === undefined) return stackOfNothing;
    if (!Stack.isStack(found)) throw new Error(`${part} is no stack.`);
    const template = Template.fromStack(found);
    return { template, json: templateSchema.parse(template.toJSON()) };
  };
  return {
    identity: stack('Identity'),
    store: stack('Store'),
    signaling: stack('Signaling'),
    operations: stack('Operations'),
  };
}

const stackOfNothing: SynthesizedStack = {
  template: Template.fromString('{"Resources": {}}'),
  json: templateSchema.parse({ Resources: {} }),
};

/** All resources of a type, by logical id. */
export function resourcesOf(stack: SynthesizedStack, type: string): [logicalId: string, Resource][] {
  return Object.entries(stack.json.Resources).filter(([, resource]) => resource.Type === type);
}

/** The only resource of a type whose logical id begins so. */
export function theResource(stack: SynthesizedStack, type: string, logicalIdPrefix = ''): Resource {
  const found = resourcesOf(stack, type).filter(([id]) => id.startsWith(logicalIdPrefix));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`Expected one ${type} named ${logicalIdPrefix}…, found ${found.length}.`);
  }
  return first[1];
}
