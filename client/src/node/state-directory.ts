import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a robot keeps what must outlive its process: `HELIOGRAPH_DATA_DIR`, else the platform's place for state. */
export function stateDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const given = env.HELIOGRAPH_DATA_DIR;
  if (given !== undefined && given !== '') return given;
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'heliograph');
    case 'win32':
      return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'heliograph');
    default:
      return join(env.XDG_STATE_HOME ?? join(home, '.local', 'state'), 'heliograph');
  }
}
