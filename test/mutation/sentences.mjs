import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** What is said to a person, in words: two words at least, and a full stop. */
const sentence = /^\S+ .*[.]$/s;

/**
 * Leaves the sentences of refusals alone: they are for whoever reads a log, no client acts on them (the
 * code beside them is what counts), and a test that repeated them would only have to be changed with them.
 */
const sentences = {
  shouldIgnore(path) {
    const { node } = path;
    const text = node.type === 'StringLiteral' ? node.value : undefined;
    if (text !== undefined && sentence.test(text)) return 'A sentence for people';
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'sentences', sentences)];
