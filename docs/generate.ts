import { writeFileSync } from 'node:fs';
import { plottedReturn, reconnectingPlot } from './fleet/plot.ts';
import { protocolPage } from './reference/protocol-page.ts';

writeFileSync(new URL('protocol.md', import.meta.url), protocolPage());
writeFileSync(new URL('reconnecting.svg', import.meta.url), await reconnectingPlot(await plottedReturn()));
