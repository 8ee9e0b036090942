import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../../docs/reference/asyncapi.ts';
import { clientMessages, serverMessages } from '../../../protocol/messages.ts';

const written = readFileSync(new URL('../../../docs/asyncapi.json', import.meta.url), 'utf8');

describe('the AsyncAPI document', { timeout: 60_000 }, () => {
  it('is the one that `npm run docs` writes from the schemas', () => {
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  });

  it('is taken by the parser of AsyncAPI, with every message of the protocol in it', async () => {
    const { document, diagnostics } = await new Parser().parse(written);
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
    const names =
      document
        ?.allMessages()
        .all()
        .map((message) => message.id()) ?? [];
    expect([...new Set(names)].sort()).toEqual(
      [
        ...Object.keys(clientMessages).map((name) => `client_${name}`),
        ...Object.keys(serverMessages).map((name) => `server_${name}`),
      ].sort(),
    );
  });

  it('is not taken when an operation names a message that there is none of', async () => {
    const document = asyncApiDocument();
    const wrong = {
      ...document,
      operations: { ...document.operations, tell: { action: 'send', channel: { $ref: '#/channels/none' } } },
    };
    const { diagnostics } = await new Parser().parse(JSON.stringify(wrong));
    expect(diagnostics.filter(({ severity }) => severity === 0)).not.toEqual([]);
  });
});
