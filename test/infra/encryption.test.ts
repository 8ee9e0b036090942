import { describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { tableNames } from '../../functions/table-shapes.ts';
import { parseConfig } from '../../lib/config.ts';
import { functionAccess } from '../../lib/constructs/function-access.ts';
import { grantsOf } from './support/statements.ts';
import { resourcesOf, synthesized } from './support/synthesized.ts';

const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11';
const ours = synthesized();
const theirs = synthesized({ 'heliograph:encryptionKeyArn': keyArn });

const keyGrants = (name: FunctionName, from = theirs) =>
  grantsOf(name, from).filter(({ action }) => action.startsWith('kms:'));

const reading = ['kms:Decrypt', 'kms:DescribeKey'];
const writing = [
  ...reading,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

describe('a key of theirs', () => {
  test('encrypts every table and every log group', () => {
    const tables = resourcesOf(theirs.store, 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(tableNames.length);
    for (const [, { Properties }] of tables) {
      expect(Properties.SSESpecification).toEqual({
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: keyArn,
      });
    }
    const logs = resourcesOf(theirs.signaling, 'AWS::Logs::LogGroup');
    expect(logs).toHaveLength(functionNames.length + 1);
    for (const [, { Properties }] of logs) expect(Properties.KmsKeyId).toBe(keyArn);
  });

  test('is neither made nor changed here', () => {
    for (const stack of Object.values(theirs)) {
      expect(resourcesOf(stack, 'AWS::KMS::Key')).toEqual([]);
      expect(resourcesOf(stack, 'AWS::KMS::Alias')).toEqual([]);
    }
  });

  test.each(functionNames)(
    '%s may use it, and no other, as far as what it does on the tables needs',
    (name) => {
      const grants = keyGrants(name);
      expect(new Set(grants.map(({ resource }) => resource))).toEqual(new Set([keyArn]));
      const { tables } = functionAccess[name];
      const isWriter = Object.values(tables).some(({ items }) =>
        items.some((action) => /^(Put|Update|Delete)Item$/.test(action)),
      );
      expect([...new Set(grants.map(({ action }) => action))].sort()).toEqual(isWriter ? writing : reading);
    },
  );

  test('the relay may decrypt, and cannot encrypt', () => {
    expect([...new Set(keyGrants('relay').map(({ action }) => action))].sort()).toEqual(reading);
  });

  test('is used through DynamoDB alone', () => {
    const statements = resourcesOf(theirs.signaling, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
      const { PolicyDocument } = Object(Properties);
      return PolicyDocument.Statement.filter((statement: unknown) =>
        JSON.stringify(statement).includes('kms:'),
      );
    });
    expect(statements.length).toBeGreaterThanOrEqual(functionNames.length);
    for (const { Condition } of statements) {
      expect(Condition).toEqual({
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['dynamodb.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
        },
      });
    }
  });

  test('in another region: the one of the home region for its tables, another for the logs', () => {
    const tables = { connections: 'H-C', robotSessions: 'H-R', clientSessions: 'H-S', directory: 'H-D' };
    const home = { region: 'eu-central-1', tables, encryptionKeyArn: keyArn };
    const localKey = keyArn.replace('eu-central-1', 'us-east-1');
    const far = synthesized({ 'heliograph:regions': { home }, 'heliograph:encryptionKeyArn': localKey });
    expect([...new Set(keyGrants('relay', far).map(({ resource }) => resource))]).toEqual([keyArn]);
    expect(JSON.stringify(far.signaling.json)).toContain(
      '"kms:ViaService":"dynamodb.eu-central-1.amazonaws.com"',
    );
    for (const [, { Properties }] of resourcesOf(far.signaling, 'AWS::Logs::LogGroup')) {
      expect(Properties.KmsKeyId).toBe(localKey);
    }
  });

  test.each([
    'alias/mine',
    '0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11',
    `${keyArn}/x`,
    keyArn.replace('key/', 'alias/'),
  ])('is refused as %s', (wrong) => {
    expect(() => parseConfig({ 'heliograph:encryptionKeyArn': wrong })).toThrow(
      'heliograph:encryptionKeyArn: must be the ARN of a key in KMS',
    );
  });
});

describe('without one', () => {
  test('tables have the AWS-managed key of the account, logs CloudWatch’s, the queue that of SQS', () => {
    for (const [, { Properties }] of resourcesOf(ours.store, 'AWS::DynamoDB::Table')) {
      expect(Properties.SSESpecification).toEqual({ SSEEnabled: true });
    }
    for (const [, { Properties }] of resourcesOf(ours.signaling, 'AWS::Logs::LogGroup')) {
      expect(Properties.KmsKeyId).toBeUndefined();
    }
    for (const [, { Properties }] of resourcesOf(ours.signaling, 'AWS::SQS::Queue')) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
    }
  });

  test.each(functionNames)('%s may use no key', (name) => {
    expect(keyGrants(name, ours)).toEqual([]);
  });
});
