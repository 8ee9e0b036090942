import * as z from 'zod';
import type { Synthesized } from './synthesized.ts';

const importValue = z.strictObject({ 'Fn::ImportValue': z.string() });
const getAtt = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const ref = z.strictObject({ Ref: z.string() });
const join = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

/**
 * A template's value as readable text: `Ref` and `GetAtt` as `{logicalId}`, imports as what the other
 * stack exports. What is none of these stays JSON, so that a new kind of value cannot pass unseen.
 */
export function rendered(value: unknown, stacks: Synthesized): string {
  if (typeof value === 'string') return value;
  const imported = importValue.safeParse(value);
  if (imported.success) return renderedExport(imported.data['Fn::ImportValue'], stacks);
  const attribute = getAtt.safeParse(value);
  if (attribute.success) return `{${attribute.data['Fn::GetAtt'][0]}}`;
  const reference = ref.safeParse(value);
  if (reference.success) return `{${reference.data.Ref}}`;
  const joined = join.safeParse(value);
  if (joined.success) {
    const [separator, parts] = joined.data['Fn::Join'];
    return parts.map((part) => rendered(part, stacks)).join(separator);
  }
  return JSON.stringify(value);
}

function renderedExport(name: string, stacks: Synthesized): string {
  const outputName = name.split(':')[1] ?? name;
  for (const stack of Object.values(stacks)) {
    const output = stack.json.Outputs[outputName];
    if (output !== undefined) return rendered(output.Value, stacks);
  }
  throw new Error(`Nothing exports ${name}.`);
}
