import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

const isText = (value: unknown) => typeof value === 'string';
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

/** By the type that DynamoDB names. Those of type binary are not among them: no row of ours has one. */
const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: isText,
  N: isText,
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => value === true,
  SS: areTexts,
  NS: areTexts,
  L: (value) => Array.isArray(value) && value.every(isAttributeValue),
  M: (value) => typeof value === 'object' && value !== null && Object.values(value).every(isAttributeValue),
};

/** By hand: a row has twenty of them, and the relay reads two rows a signal. */
function isAttributeValue(value: unknown): value is AttributeValue {
  if (typeof value !== 'object' || value === null) return false;
  const [entry, ...others] = Object.entries(value);
  return entry !== undefined && others.length === 0 && checks[entry[0]]?.(entry[1]) === true;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export const attributeValue = z.custom<AttributeValue>(isAttributeValue);
