import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});

export type AppTemplate = z.infer<typeof templateSchema>;

/** Runs a CDK app as the CLI does, offline and without credentials, and gives its templates by file name. */
export async function synthesizeApp(
  project: string,
  of: { readonly app: string; readonly context?: Readonly<Record<string, unknown>> },
): Promise<Record<string, AppTemplate>> {
  const outdir = await mkdtemp(join(tmpdir(), 'heliograph-app-'));
  try {
    await promisify(execFile)(process.execPath, [of.app], {
      cwd: project,
      env: {
        PATH: process.env.PATH,
        HOME: outdir,
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify(of.context ?? {}),
      },
    });
    const files = (await readdir(outdir)).filter((name) => /\.(nested\.)?template\.json$/.test(name)).sort();
    const read = files.map(async (name): Promise<[string, AppTemplate]> => {
      const text = await readFile(join(outdir, name), 'utf8');
      return [name.replace(/\.(nested\.)?template\.json$/, ''), templateSchema.parse(JSON.parse(text))];
    });
    return Object.fromEntries(await Promise.all(read));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

export function ofType(template: AppTemplate, type: string) {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}
