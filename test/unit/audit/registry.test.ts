import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The command, with a registry of its own that answers as told about advisories. */
async function auditAgainst(answer: (response: ServerResponse) => void, ...args: string[]) {
  const server = createServer((request, response) => {
    request.resume();
    // With an advisory npm asks what else there is of the package.
    if (request.method === 'GET') tell(packument(request.url ?? ''))(response);
    else request.on('end', () => answer(response));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  // npm keeps what it has heard of an advisory, by its number.
  const cache = await mkdtemp(join(tmpdir(), 'heliograph-audit-'));
  const { HELIOGRAPH_TEST_REPORT: _report, ...inherited } = process.env;
  const env = {
    ...inherited,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: cache,
  };
  try {
    return await new Promise<{ code: number; out: string }>((done) => {
      execFile(process.execPath, ['test/audit/main.ts', ...args], { env }, (failure, out) =>
        done({ code: typeof failure?.code === 'number' ? failure.code : 0, out }),
      );
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(cache, { recursive: true, force: true });
  }
}

function packument(path: string) {
  const name = decodeURIComponent(path.slice(1));
  const version = '4.6.7';
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { name, version } } };
}

/** As a registry tells it. @see https://docs.npmjs.com/cli/commands/npm-audit#bulk-advisory-endpoint */
const onZod = (severity: string) => ({
  zod: [
    {
      ...{ id: 1, url: 'https://github.com/advisories/GHSA-x', title: 'Prototype pollution', severity },
      ...{ vulnerable_versions: '<99.0.0', cwe: ['CWE-1321'], cvss: { score: 8, vectorString: null } },
    },
  ],
});

const tell = (advisories: unknown) => (response: ServerResponse) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify(advisories));

describe('npm run audit, against a registry', { timeout: 60_000 }, () => {
  it('fails for a real advisory on what is deployed', async () => {
    const { code, out } = await auditAgainst(tell(onZod('high')));
    expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('Prototype pollution') });
    expect(out).toMatch(/zod .*\(high\)/);
  });

  it('passes when there is none, or a lesser one', async () => {
    expect(await auditAgainst(tell({}))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^No advisory/),
    });
    expect(await auditAgainst(tell(onZod('low')))).toMatchObject({ code: 0 });
  });

  it('fails nobody where it cannot be asked, but for --strict', async () => {
    const no = (response: ServerResponse) => response.writeHead(405).end();
    expect(await auditAgainst(no)).toMatchObject({ code: 0, out: expect.stringMatching(/^NOT AUDITED/) });
    expect(await auditAgainst(no, '--strict')).toMatchObject({ code: 2 });
  });
});
