import * as z from 'zod';

/** From here on an advisory has to be acted on. @see https://docs.npmjs.com/cli/commands/npm-audit */
const grave: readonly string[] = ['high', 'critical'];

const advisory = z.looseObject({ title: z.string(), url: z.string().optional(), severity: z.string() });
const answered = z.looseObject({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.looseObject({
      severity: z.string(),
      range: z.string().optional(),
      // A text names another package of the list, by which this one is affected.
      via: z.array(z.union([z.string(), advisory])),
    }),
  ),
  metadata: z.looseObject({ dependencies: z.looseObject({ total: z.number() }) }),
});
const refused = z.looseObject({
  message: z.string().optional(),
  error: z.looseObject({ code: z.string().optional(), summary: z.string().optional() }).optional(),
});

/**
 * `clean`: the registry has answered, and knows of nothing grave. `found`: it knows of something.
 * `unasked`: there is no answer, so that nothing is known; that is neither good nor bad.
 */
export type Verdict =
  | { readonly state: 'clean'; readonly packages: number; readonly lesser: number }
  | { readonly state: 'found'; readonly advisories: readonly string[] }
  | { readonly state: 'unasked'; readonly why: string };

/** What `npm audit --json` has printed, whatever its exit code: that is 1 for an advisory and for a network alike. */
export function verdictOn(printed: string): Verdict {
  const json = parsed(printed);
  const report = answered.safeParse(json);
  if (!report.success) return { state: 'unasked', why: reasonIn(json) };
  const { vulnerabilities, metadata } = report.data;
  const all = Object.entries(vulnerabilities);
  const found = all.filter(([, { severity }]) => grave.includes(severity));
  if (found.length === 0) {
    return { state: 'clean', packages: metadata.dependencies.total, lesser: all.length };
  }
  const advisories = found.map(([name, { severity, range = '', via }]) => {
    const why = via.map((each) =>
      typeof each === 'string' ? `by ${each}` : [each.title, each.url].join(' '),
    );
    return `${name} ${range} (${severity}): ${why.join('; ')}`;
  });
  return { state: 'found', advisories };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonIn(json: unknown): string {
  const { data } = refused.safeParse(json);
  const why = data?.message || data?.error?.summary || data?.error?.code;
  // npm quotes the address of the registry, which may hold a token of a private one.
  return why === undefined ? 'npm gave no report' : why.replace(/https?:\/\/\S+/g, 'the registry');
}

/** For people; the last line says what to do. */
export function inWords(verdict: Verdict): string {
  switch (verdict.state) {
    case 'clean':
      return `No advisory of ${grave.join(' or ')} severity on ${verdict.packages} packages; lesser ones: ${verdict.lesser}.`;
    case 'found':
      return [
        `Advisories of ${grave.join(' or ')} severity on what is deployed or published:`,
        ...verdict.advisories.map((each) => `  ${each}`),
        'Raise the pin of the package, or of the one that brings it, and run `npm audit` for the versions that are mended.',
      ].join('\n');
    case 'unasked':
      return [
        `NOT AUDITED: the registry’s advisories could not be asked (${verdict.why}).`,
        'Nothing is known of advisories by this run. Run it with a network, and against a registry that has them.',
      ].join('\n');
  }
}
