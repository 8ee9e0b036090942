import { writeFileSync } from 'node:fs';
import { plottedReturn, reconnectingPlot } from './fleet/plot.ts';
import { metricsPage } from './reference/metrics-page.ts';
import { protocolPage } from './reference/protocol-page.ts';

writeFileSync(new URL('protocol.md', import.meta.url), protocolPage());
writeFileSync(new URL('metrics.md', import.meta.url), metricsPage());
writeFileSync(new URL('reconnecting.svg', import.meta.url), await reconnectingPlot(await plottedReturn()));
