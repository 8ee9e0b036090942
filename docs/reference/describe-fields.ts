import * as z from 'zod';

/** One row of a table of fields. */
export type Field = {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly note: string;
};

const node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  description: z.string().optional(),
  maxLength: z.number().optional(),
});
type Node = z.infer<typeof node>;

/** What a schema says of itself. */
export function summaryOf(schema: z.core.$ZodType): string {
  return jsonOf(schema).description ?? '';
}

/** The fields of a message, without those that every message has. */
export function fieldsOf(schema: z.core.$ZodType, common: readonly string[]): Field[] {
  const { properties = {}, required = [] } = jsonOf(schema);
  return Object.entries(properties)
    .filter(([name]) => !common.includes(name))
    .map(([name, value]) => {
      const parsed = node.parse(value);
      return {
        name,
        type: typeOf(parsed),
        optional: !required.includes(name),
        note: parsed.description ?? '',
      };
    });
}

function jsonOf(schema: z.core.$ZodType): Node {
  return node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function typeOf(of: Node): string {
  if (of.const !== undefined) return JSON.stringify(of.const);
  if (of.enum !== undefined) return of.enum.map((value) => JSON.stringify(value)).join(' \\| ');
  if (of.anyOf !== undefined) return of.anyOf.map((one) => typeOf(node.parse(one))).join(' \\| ');
  if (of.items !== undefined) return `${typeOf(node.parse(of.items))}[]`;
  if (of.properties !== undefined) return objectType(of);
  const type = Array.isArray(of.type) ? of.type.join(' \\| ') : (of.type ?? 'any JSON');
  return of.maxLength === undefined ? type : `${type} ≤ ${of.maxLength}`;
}

function objectType({ properties = {}, required = [] }: Node): string {
  const inner = Object.entries(properties).map(
    ([name, value]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(node.parse(value))}`,
  );
  return `{${inner.join(', ')}}`;
}
