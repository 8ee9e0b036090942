// Runs the bundle of the page: `node call-page.mjs BUNDLE SETTINGS`. Prints what came back.
import { pathToFileURL } from 'node:url';

const [, , bundle, settings] = process.argv;
const { exchange } = await import(pathToFileURL(bundle).href);
process.stdout.write(JSON.stringify(await exchange(JSON.parse(settings))));
