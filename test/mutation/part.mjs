import { createHash } from 'node:crypto';
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** `2/8`: the second of eight parts, which have no declaration in common and all of them together. Everything by default. */
const [which, of] = (process.env.HELIOGRAPH_MUTATION_PART ?? '1/1').split('/').map(Number);

if (!(which >= 1 && which <= of)) {
  throw new Error(
    `HELIOGRAPH_MUTATION_PART is ${process.env.HELIOGRAPH_MUTATION_PART}; write 2/8 for the second of eight.`,
  );
}

/**
 * Leaves all but one part of the declarations alone. Which part one is in goes by a hash of its name and its place, so
 * that a part is as good as a sample of the whole.
 */
const part = {
  shouldIgnore(path) {
    const { node, parent } = path;
    const isDeclaration = parent?.type === 'Program' || parent?.type === 'ExportNamedDeclaration';
    if (!isDeclaration || node.type.startsWith('Export') || node.type.startsWith('Import')) return;
    const name = node.id?.name ?? node.declarations?.[0]?.id?.name ?? '';
    const hash = createHash('sha256').update(`${name} ${node.start} ${node.end}`).digest();
    if (hash.readUInt32BE(0) % of !== which - 1) return `In another part than ${which}/${of}`;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'part', part)];
