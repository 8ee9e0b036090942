import { describe, expect, test } from 'vitest';
import { acceptedFindings } from './support/accepted-findings.ts';
import { deployments, nagged } from './support/nagged.ts';

// Made while the file is loaded, which has no time limit of a test.
const all = deployments.map((of) => ({ name: of.name, findings: nagged(of) }));

describe('cdk-nag', () => {
  test.each(all)('has looked at what is deployed $name', ({ findings }) => {
    // The wildcard for connection ids is in every one, and is always found.
    expect(findings.some(({ rule }) => rule.startsWith('AwsSolutions-IAM5'))).toBe(true);
    expect(findings.length).toBeGreaterThan(20);
  });

  test.each(all)('finds nothing in what is deployed $name but what stays for a reason', ({ findings }) => {
    const unexplained = findings.filter(
      ({ rule, path }) =>
        !acceptedFindings.some((accepted) => accepted.rule === rule && accepted.on.test(path)),
    );
    expect(unexplained).toEqual([]);
  });

  test.each(acceptedFindings)('$rule is still found: its reason is still needed', ({ rule, on, reason }) => {
    const isFound = all.some(({ findings }) =>
      findings.some((finding) => finding.rule === rule && on.test(finding.path)),
    );
    expect(isFound).toBe(true);
    expect(reason.length).toBeGreaterThan(20);
  });
});
