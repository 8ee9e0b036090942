import fc from 'fast-check';
import * as z from 'zod';

/** As much of JSON Schema as the messages of a client are written in. */
type JsonSchema = z.infer<typeof base> & {
  properties?: Record<string, JsonSchema> | undefined;
  additionalProperties?: JsonSchema | boolean | undefined;
  propertyNames?: JsonSchema | undefined;
  items?: JsonSchema | undefined;
  anyOf?: JsonSchema[] | undefined;
};
const base = z.object({
  type: z.enum(['object', 'string', 'integer', 'number', 'boolean', 'array', 'null']).optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  required: z.array(z.string()).optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});
const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  base.extend({
    properties: z.record(z.string(), jsonSchema).optional(),
    additionalProperties: z.union([jsonSchema, z.boolean()]).optional(),
    propertyNames: jsonSchema.optional(),
    items: jsonSchema.optional(),
    anyOf: z.array(jsonSchema).optional(),
  }),
);

/** What some fields hold instead of what their schema alone would give: ids that exist, for one. */
export type ByName = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Values that a schema of `protocol/` takes, from the smallest to the largest that it allows. */
export function validFor(schema: z.core.$ZodType, byName: ByName = {}): fc.Arbitrary<unknown> {
  return from(jsonSchema.parse(z.toJSONSchema(schema, { io: 'input' })), byName);
}

function from(schema: JsonSchema, byName: ByName): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom<unknown>(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((each) => from(each, byName)));
  switch (schema.type) {
    case 'object':
      return schema.properties === undefined ? dictionary(schema, byName) : object(schema, byName);
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return number(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { items, minItems: minLength = 0, maxItems: maxLength = 50 } = schema;
      return fc.array(items === undefined ? fc.jsonValue() : from(items, byName), { minLength, maxLength });
    }
    case undefined:
      return fc.jsonValue();
  }
}

/** A field that is left out is undefined here, and not there in JSON. */
function object({ properties = {}, required = [] }: JsonSchema, byName: ByName) {
  const fields = Object.entries(properties).map(([name, of]): [string, fc.Arbitrary<unknown>] => {
    const value = byName[name] ?? from(of, byName);
    return [name, required.includes(name) ? value : fc.option(value, { nil: undefined })];
  });
  return fc.record(Object.fromEntries(fields));
}

function dictionary({ propertyNames, additionalProperties }: JsonSchema, byName: ByName) {
  const names = byName.sessionId ?? (propertyNames === undefined ? fc.string() : text(propertyNames));
  const values =
    typeof additionalProperties === 'object' ? from(additionalProperties, byName) : fc.jsonValue();
  return fc
    .array(fc.tuple(names.map(String), values), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries));
}

function text({ pattern, minLength = 0, maxLength = 200 }: JsonSchema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const unit = fc.constantFrom('grapheme', 'binary', 'binary-ascii', 'grapheme-ascii');
  return fc.oneof(
    // A unit may be several UTF-16 code units, which are what a length counts.
    unit.chain((of) => fc.string({ unit: of, minLength, maxLength: Math.max(minLength, maxLength >> 2) })),
    fc.constant('x'.repeat(maxLength)),
  );
}

function number({ minimum, exclusiveMinimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const min = exclusiveMinimum === undefined ? (minimum ?? Number.MIN_SAFE_INTEGER) : exclusiveMinimum + 1;
  return fc.oneof(
    fc.integer({ min: Math.max(min, -1), max: 20 }),
    fc.maxSafeInteger().filter((value) => value >= min && value <= (maximum ?? value)),
    fc.constant(min),
  );
}
