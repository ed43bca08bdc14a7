// Worker thread that reads a PDF's declared structure and ends.
import { parentPort, workerData } from 'node:worker_threads';
import type { PdfWorkerData } from './pdf-worker.ts';
import { readStructure } from './structure.ts';

const { path, password } = workerData as PdfWorkerData;
parentPort!.postMessage(await readStructure(path, password));
