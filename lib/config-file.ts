import type { HeliographConfig } from './config.ts';
import { configError, parseConfig, parseSettings, settingsIn } from './config.ts';

/** Context key that names the file of a stage: `-c heliograph:config=config/prod.json`. */
const fileKey = 'config';

/**
 * The configuration of a context, or of the one file that it names. Of the two only one is meant: a
 * setting beside the file would be in force that nobody finds in it.
 *
 * @param read Gives the text of a file. What it throws is told with the file's name.
 * @throws {Error} named `ConfigError`.
 */
export function readConfig(
  context: Readonly<Record<string, unknown>>,
  read: (path: string) => string,
): HeliographConfig {
  const { [fileKey]: path, emulator, ...beside } = settingsIn(context);
  if (path === undefined) return parseConfig(context);
  if (typeof path !== 'string') throw configError(['heliograph:config: must be the path of a file.']);
  const [first] = Object.keys(beside);
  if (first !== undefined) {
    throw configError([`heliograph:${first}: is given beside heliograph:config; write it into ${path}.`]);
  }
  const settings = parsed(path, read);
  return parseSettings(
    // What differs on an emulator is no property of a stage.
    emulator === undefined ? settings : { ...Object(settings), emulator },
    (names) => `${path}: ${names.join('.')}`,
  );
}

function parsed(path: string, read: (path: string) => string): unknown {
  try {
    return JSON.parse(read(path));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw configError([`heliograph:config: ${path} ${why}.`], cause);
  }
}
