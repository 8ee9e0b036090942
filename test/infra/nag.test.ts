import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { addHeliograph } from '../../lib/heliograph-app.ts';
import { acceptedFindings } from './support/accepted-findings.ts';

type Finding = { readonly rule: string; readonly path: string };

const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
addHeliograph(app, parseConfig({ 'heliograph:stage': 'nag' }));
const packs: readonly NagPack[] = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

const findings: readonly Finding[] = packs.flatMap((pack) =>
  pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({
      rule: withoutHashes(ruleName),
      path: constructPath ?? '',
    })),
  ),
);

/** `<SignalingApiF354EF61>` is `<SignalingApi>`, and the three methods of `@connections` are one. */
function withoutHashes(rule: string): string {
  return rule.replace(/(<[A-Za-z]+?)[0-9A-F]{8}/g, '$1').replace(/\/v1\/(GET|POST|DELETE)\//, '/v1/*/');
}

describe('cdk-nag', () => {
  test('has looked: it finds what is known to be there', () => {
    expect(findings.length).toBeGreaterThan(acceptedFindings.length);
  });

  test('finds nothing but what stays for a reason', () => {
    const unexplained = findings.filter(
      ({ rule, path }) =>
        !acceptedFindings.some((accepted) => accepted.rule === rule && accepted.on.test(path)),
    );
    expect(unexplained).toEqual([]);
  });

  test.each(acceptedFindings)('$rule is still found: its reason is still needed', ({ rule, on, reason }) => {
    expect(findings.some((finding) => finding.rule === rule && on.test(finding.path))).toBe(true);
    expect(reason.length).toBeGreaterThan(20);
  });
});
