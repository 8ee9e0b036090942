import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { tableVariables } from '../../functions/environment-names.ts';
import {
  type KeyAttribute,
  type TableName,
  type TableShape,
  tableShapes,
  ttlAttribute,
} from '../../functions/table-shapes.ts';
import type { ItemAction, TableAccess } from './function-access.ts';
import type { HeliographFunction } from './heliograph-function.ts';

/**
 * One of the tables, by its shape. Rows live for minutes to days and are made again by whoever
 * reconnects: no backups, and the table goes with its stack.
 */
export class HeliographTable<T extends TableName = TableName> extends Construct implements TableSource<T> {
  readonly table: Table;
  private readonly tableName: T;
  private readonly keyArn: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    { tableName, keyArn }: { readonly tableName: T; readonly keyArn: string | undefined },
  ) {
    super(scope, id);
    this.tableName = tableName;
    this.keyArn = keyArn;

    const shape: TableShape = tableShapes[tableName];
    this.table = new Table(this, 'Table', {
      partitionKey: attribute(shape.partitionKey),
      ...(shape.sortKey ? { sortKey: attribute(shape.sortKey) } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: ttlAttribute,
      ...(keyArn === undefined
        ? // The AWS managed key rather than the default one: its use can be audited, and it costs nothing to own.
          { encryption: TableEncryption.AWS_MANAGED }
        : {
            encryption: TableEncryption.CUSTOMER_MANAGED,
            encryptionKey: Key.fromKeyArn(this, 'Key', keyArn),
          }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const index of shape.indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: attribute(index.partitionKey),
        sortKey: attribute(index.sortKey),
        ...(index.include === undefined
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.include] }),
      });
    }
  }

  get physicalName(): string {
    return this.table.tableName;
  }

  allow(user: HeliographFunction, access: TableAccess<T>): void {
    const { tableName, tableArn } = this.table;
    const { region } = Stack.of(this);
    const key = this.keyArn === undefined ? undefined : { arn: this.keyArn, region };
    allowOnTable(user, { name: this.tableName, tableName, tableArn, key }, access);
  }
}

/** A table that functions may be let at. */
export type TableSource<T extends TableName> = {
  /** As DynamoDB knows it. */
  readonly physicalName: string;
  /** Gives the permission and the name of the table together, so that a function has neither without the other. */
  allow(user: HeliographFunction, access: TableAccess<T>): void;
};

export function allowOnTable<T extends TableName>(
  user: HeliographFunction,
  table: {
    readonly name: T;
    readonly tableName: string;
    readonly tableArn: string;
    /** What it is encrypted by, where that is no key of AWS. */
    readonly key: TableKey | undefined;
  },
  access: TableAccess<T>,
): void {
  user.lambda.addEnvironment(tableVariables[table.name], table.tableName);
  user.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: access.items.map((action) => `dynamodb:${action}`),
      resources: [table.tableArn],
    }),
  );
  if (table.key !== undefined) allowKey(user, table.key, access);
  const indexArns = (access.queryIndexes ?? []).map((name) => `${table.tableArn}/index/${name}`);
  if (indexArns.length > 0) {
    user.lambda.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources: indexArns }));
  }
}

type TableKey = { readonly arn: string; readonly region: string };

const readingActions = ['Decrypt', 'DescribeKey'] as const;
const writingActions = [
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
] as const;
const writes: ReadonlySet<ItemAction> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/**
 * DynamoDB uses the key in the name of who calls it; only so, and not on anything else that it encrypts.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function allowKey(user: HeliographFunction, key: TableKey, { items }: TableAccess): void {
  const actions = items.some((action) => writes.has(action))
    ? [...readingActions, ...writingActions]
    : readingActions;
  user.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `kms:${action}`),
      resources: [key.arn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${key.region}.amazonaws.com` } },
    }),
  );
}

function attribute(key: KeyAttribute): Attribute {
  return { name: key.name, type: AttributeType[key.type === 'S' ? 'STRING' : 'NUMBER'] };
}
