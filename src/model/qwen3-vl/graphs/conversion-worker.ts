// One worker of a conversion: see conversion.ts.
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { layOutWeights, writeUnit } from '../../onnx/weight-file.ts';
import type { ConversionJob, ConversionMessage } from './conversion.ts';
import { planWeights, type WeightSource } from './weights.ts';

const { origin, format, path } = workerData as ConversionJob;
const module = (await import(origin.module)) as Record<string, (argument: unknown) => Promise<WeightSource>>;
const source = await module[origin.open]!(origin.argument);
const units = planWeights(source, format);
const layout = layOutWeights(units.flat());
const file = await open(path, 'r+');
const post = (message: ConversionMessage) => parentPort!.postMessage(message);

parentPort!.on('message', (index: number) => {
  void writeUnit(file, units[index]!, layout, { onBytes: (count) => post({ type: 'bytes', count }) }).then(
    (digests) => post({ type: 'unit', index, digests }),
    (error: unknown) => {
      // An uncaught error reaches the parent as the worker's own.
      throw error;
    },
  );
});
post({ type: 'ready' });
