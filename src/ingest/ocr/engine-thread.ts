// Worker thread of the OCR engine: the package's own worker script, with its image library's complaints kept off stderr.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const silent = () => {};
Object.assign(console, { log: silent, info: silent, warn: silent, error: silent });

const require = createRequire(import.meta.url);
require(join(dirname(require.resolve('tesseract.js/package.json')), 'src/worker-script/node/index.js'));
