import { writeFileSync } from 'node:fs';
import { protocolPage } from './reference/protocol-page.ts';

writeFileSync(new URL('protocol.md', import.meta.url), protocolPage());
