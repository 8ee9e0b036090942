import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../functions/route-table.ts';
import { type Installed, inRepository, installPacked, linkInto } from '../support/installed.ts';
import { type AppTemplate, ofType, synthesizeApp } from './support/synthesized-app.ts';

/**
 * The example for Amplify Gen 2, with the packed construct. Amplify itself is more than a thousand
 * packages, and is stood in for (`support/amplify`). To run on the real one, install
 * `@aws-amplify/backend` beside the tarball in a copy of the example, and run there, as `ampx` does:
 *
 *     CDK_OUTDIR=out CDK_CONTEXT_JSON='{"amplify-backend-namespace":"robots","amplify-backend-name":"main",
 *       "amplify-backend-type":"branch"}' node -e 'import("./amplify/backend.ts").then(() =>
 *       process.emit("message", "amplifySynth"))'
 */
describe('the example for Amplify Gen 2, from the tarball', { timeout: 180_000 }, () => {
  let app: Installed;
  let stacks: Record<string, AppTemplate>;
  beforeAll(async () => {
    app = await installPacked(['zod', 'fastest-levenshtein'], 'cdk');
    await linkInto(app.project, ['aws-cdk-lib', 'constructs']);
    const modules = join(app.project, 'node_modules', '@aws-amplify');
    await mkdir(modules, { recursive: true });
    await cp(inRepository('test', 'infra', 'support', 'amplify'), join(modules, 'backend'), {
      recursive: true,
    });
    await cp(inRepository('examples', 'amplify', 'amplify'), join(app.project, 'amplify'), {
      recursive: true,
    });
    stacks = await synthesizeApp(app.project, { app: 'amplify/backend.ts' });
  }, 300_000);
  afterAll(() => app.remove());

  const stackWith = (type: string): AppTemplate => {
    const found = Object.values(stacks).find((stack) => ofType(stack, type).length > 0);
    if (found === undefined) throw new Error(`No stack has ${type}.`);
    return found;
  };

  it('has the backend in a stack of its own, and no pool of ours', () => {
    const signaling = stackWith('AWS::ApiGatewayV2::Api');
    expect(ofType(signaling, 'AWS::Lambda::Function')).toHaveLength(functionNames.length);
    expect(ofType(signaling, 'AWS::DynamoDB::Table')).toHaveLength(4);
    expect(ofType(signaling, 'AWS::Cognito::UserPool')).toEqual([]);
  });

  it('F1: gives the page’s client and the robots’ all three validities and units, and the refresh flow', () => {
    const [page] = ofType(stackWith('AWS::Cognito::UserPool'), 'AWS::Cognito::UserPoolClient');
    const [robots] = ofType(stackWith('AWS::ApiGatewayV2::Api'), 'AWS::Cognito::UserPoolClient');
    const TokenValidityUnits = { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' };
    const lives = { AccessTokenValidity: 240, IdTokenValidity: 240, TokenValidityUnits };
    expect(page?.Properties).toMatchObject({ ...lives, RefreshTokenValidity: 30 * 24 * 60 });
    expect(robots?.Properties).toMatchObject({ ...lives, RefreshTokenValidity: 365 * 24 * 60 });
    for (const client of [page, robots]) {
      expect(client?.Properties.ExplicitAuthFlows).toContain('ALLOW_REFRESH_TOKEN_AUTH');
    }
  });

  it('takes tokens of both clients, and names robots by their groups', () => {
    const functions = ofType(stackWith('AWS::ApiGatewayV2::Api'), 'AWS::Lambda::Function');
    const environments = JSON.stringify(functions.map(({ Properties }) => Properties.Environment));
    expect(environments).toContain('\\"robotIdGroupPrefix\\":\\"robot:\\"');
    expect(environments).toMatch(
      /HELIOGRAPH_USER_POOL_CLIENT_IDS":\{"Fn::Join":\["",\[\{"Ref":"[^"]+"\},",",\{"Ref"/,
    );
  });

  it('gives URL, pool and clients to amplify_outputs.json', () => {
    const outputs = JSON.stringify(Object.values(stacks).map(({ Outputs }) => Outputs));
    for (const name of ['url', 'userPoolId', 'robotsClientId', 'peopleClientId']) {
      expect(outputs).toContain(`\\"${name}\\":`);
    }
  });
});
