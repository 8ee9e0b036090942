import { describe, expect, it } from 'vitest';
import { inWords, verdictOn } from '../../audit/verdict.ts';

const report = (vulnerabilities: Record<string, unknown>) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { vulnerabilities: {}, dependencies: { prod: 90, total: 100 } },
  });

const of = (severity: string, via: readonly unknown[] = []) => ({
  name: 'x',
  severity,
  range: '<2.0.1',
  via,
});
const advisory = {
  source: 1,
  title: 'Prototype pollution',
  url: 'https://github.com/advisories/GHSA-x',
  severity: 'high',
};

describe('the audit', () => {
  it('is clean where the registry knows of nothing grave', () => {
    expect(verdictOn(report({}))).toEqual({ state: 'clean', packages: 100, lesser: 0 });
    expect(verdictOn(report({ x: of('moderate'), y: of('low') }))).toMatchObject({
      state: 'clean',
      lesser: 2,
    });
  });

  it.each(['high', 'critical'])('finds an advisory that is %s, and says of what', (severity) => {
    const verdict = verdictOn(report({ x: of(severity, [advisory]), y: of('low'), z: of(severity, ['x']) }));
    expect(verdict.state).toBe('found');
    expect(inWords(verdict).split('\n')).toEqual([
      'Advisories of high or critical severity on what is deployed or published:',
      `  x <2.0.1 (${severity}): Prototype pollution https://github.com/advisories/GHSA-x`,
      `  z <2.0.1 (${severity}): by x`,
      expect.stringContaining('Raise the pin'),
    ]);
  });

  it.each([
    [
      'no network',
      JSON.stringify({ message: 'request failed, reason: ENOTFOUND', error: { summary: '', detail: '' } }),
    ],
    [
      'a registry without advisories',
      JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405, error: {} }),
    ],
    [
      'no lockfile',
      JSON.stringify({ error: { code: 'ENOLOCK', summary: 'This command requires a lockfile.' } }),
    ],
    ['nothing printed', ''],
    ['no JSON', 'npm error audit endpoint returned an error'],
    ['another report', JSON.stringify({ auditReportVersion: 3, vulnerabilities: {} })],
    ['a list', '[]'],
  ])('neither passes nor fails with %s, and says so', (_what, printed) => {
    const verdict = verdictOn(printed);
    expect(verdict.state).toBe('unasked');
    expect(inWords(verdict)).toMatch(/^NOT AUDITED: /);
  });

  it('I9: does not repeat the address of a registry, which may hold a token', () => {
    const message = '401 Unauthorized - POST https://someone:secret@registry.example.org/-/npm';
    expect(inWords(verdictOn(JSON.stringify({ message })))).not.toMatch(/secret|example/);
  });
});
