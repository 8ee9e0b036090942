import { writeFileSync } from 'node:fs';
import { metricsPage } from './reference/metrics-page.ts';
import { protocolPage } from './reference/protocol-page.ts';

writeFileSync(new URL('protocol.md', import.meta.url), protocolPage());
writeFileSync(new URL('metrics.md', import.meta.url), metricsPage());
