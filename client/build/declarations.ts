import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { protocolTypesText, sameTypesText } from './protocol-types.ts';
import { copyReached, posix, tsc } from './reached-declarations.ts';

/** The one file whose types come from `protocol/`. */
const fromProtocol = 'wire/protocol-types.d.ts';

/**
 * Writes the declarations of the entries, and of what they reach, to `into`: complete in themselves, with
 * the protocol's types spelled out.
 *
 * @throws when the spelled-out types differ from those of the source.
 */
export async function writeDeclarations(of: {
  readonly client: string;
  readonly work: string;
  readonly into: string;
  readonly entries: readonly string[];
}): Promise<void> {
  const { client, work, into } = of;
  await tsc(['-p', join(client, 'tsconfig.build.json'), '--outDir', join(work, 'emitted')]);

  const spelled = protocolTypesText();
  await requireSameTypes({ client, work, spelled });

  const emitted = join(work, 'emitted', 'client', 'src');
  await copyReached({ emitted, into, entries: of.entries, instead: { [fromProtocol]: spelled } });
}

/** @throws when `spelled` says other types than the source, naming them. `work` is a folder within the client's. */
export async function requireSameTypes(of: {
  readonly client: string;
  readonly work: string;
  readonly spelled: string;
}): Promise<void> {
  const { client, work, spelled } = of;
  const source = join(client, 'src', 'wire', 'protocol-types.ts');
  const config = {
    extends: posix(relative(work, join(client, 'tsconfig.json'))),
    include: ['same-types.ts'],
  };
  await writeFile(join(work, 'spelled.d.ts'), spelled);
  await writeFile(join(work, 'same-types.ts'), sameTypesText(posix(relative(work, source))));
  await writeFile(join(work, 'tsconfig.json'), JSON.stringify(config));
  await tsc(['-p', join(work, 'tsconfig.json')]);
}
