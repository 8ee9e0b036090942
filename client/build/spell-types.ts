import * as z from 'zod';

type Direction = 'input' | 'output';

const schemaNode = z.looseObject({
  type: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  required: z.array(z.string()).optional(),
  description: z.string().optional(),
});
type SchemaNode = z.infer<typeof schemaNode>;

/** Schemas by name, as an interface-like type in TypeScript that needs no schema library; what they describe becomes its comments. */
export function spellTypes(schemas: Readonly<Record<string, z.core.$ZodType>>, io: Direction): string {
  const members = Object.entries(schemas).map(([name, schema]) => {
    const node = schemaNode.parse(z.toJSONSchema(schema, { io }));
    return member({ name, node, isOptional: false, depth: 1 });
  });
  return `{\n${members.join('')}}`;
}

/** Texts as a union of literal types. */
export function spellUnion(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(' | ');
}

function member(of: { name: string; node: SchemaNode; isOptional: boolean; depth: number }): string {
  const { name, node, isOptional, depth } = of;
  const indent = '  '.repeat(depth);
  const comment = node.description === undefined ? '' : `${indent}/** ${safe(node.description)} */\n`;
  return `${comment}${indent}readonly ${JSON.stringify(name)}${isOptional ? '?' : ''}: ${typeOf(node, depth)};\n`;
}

/** A description must not end the comment that it stands in. */
const safe = (description: string): string => description.replaceAll('*/', '*\\/');

function typeOf(node: SchemaNode, depth: number): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (node.anyOf !== undefined)
    return node.anyOf.map((one) => typeOf(schemaNode.parse(one), depth)).join(' | ');
  switch (node.type) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'null':
      return node.type;
    case 'integer':
      return 'number';
    case 'array':
      return `(${typeOf(schemaNode.parse(node.items), depth)})[]`;
    case 'object':
      return objectType(node, depth);
    case undefined:
      return 'unknown';
    default:
      throw new Error(
        `A schema of type ${node.type} is not known here; spell it in client/build/spell-types.ts.`,
      );
  }
}

function objectType(node: SchemaNode, depth: number): string {
  const { properties, required = [], additionalProperties } = node;
  if (properties === undefined) {
    return `{ readonly [key: string]: ${typeOf(schemaNode.parse(additionalProperties), depth)} }`;
  }
  const members = Object.entries(properties).map(([name, value]) =>
    member({ name, node: schemaNode.parse(value), isOptional: !required.includes(name), depth: depth + 1 }),
  );
  return `{\n${members.join('')}${'  '.repeat(depth)}}`;
}
