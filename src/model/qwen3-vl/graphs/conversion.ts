// Conversion on every core: workers open the checkpoint again, take units of weights one after another, the next when they have
// finished one, and write each at its place in the file.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { errorFromThread } from '../../../errors.ts';
import { elementCount } from '../../ort/data-type.ts';
import type { UnitWriter, WeightUnit, WriterEvents } from '../../onnx/weight-file.ts';
import { expectedTensors } from '../tensor-names.ts';
import type { SourceOrigin, WeightFormat, WeightSource } from './weights.ts';

/** Below this, starting workers costs more than they save. */
const MIN_PARAMETERS = 200e6;
/** Each holds a few hundred MB of the tensor that it converts. */
const MAX_WORKERS = 16;

/** What a worker is started with. */
export interface ConversionJob {
  readonly origin: SourceOrigin;
  readonly format: WeightFormat;
  readonly path: string;
}

/** From a worker: bytes written, a unit done, or why it can't go on. */
export type ConversionMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'bytes'; readonly count: number }
  | { readonly type: 'unit'; readonly index: number; readonly digests: readonly string[] };

/** The writer for a source: undefined, which is one thread, where it is small or can't be opened again. */
export function writerFor(
  { origin, config }: WeightSource,
  format: WeightFormat,
  minParameters = MIN_PARAMETERS,
): UnitWriter | undefined {
  if (!origin) return undefined;
  const parameters = [...expectedTensors(config).values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const workers = Math.min(availableParallelism(), MAX_WORKERS);
  if (workers < 2 || parameters < minParameters) return undefined;
  return async (units, path, _layout, { onBytes, onUnit, signal }) => {
    const queue = largestFirst(units);
    const abort = new AbortController();
    const stop = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const events = { onBytes, onUnit, signal: stop };
    const runs = Array.from({ length: Math.min(workers, units.length) }, () =>
      runWorker({ origin, format, path }, () => queue.shift(), events),
    );
    try {
      await Promise.all(runs);
    } catch (error) {
      abort.abort();
      await Promise.allSettled(runs);
      signal?.throwIfAborted();
      throw error;
    }
  };
}

/** The embedding table first: begun last, everybody would wait for it. */
function largestFirst(units: readonly WeightUnit[]): number[] {
  const sizes = units.map((unit) => unit.reduce((sum, { shape }) => sum + elementCount(shape), 0));
  return units.map((_, index) => index).sort((a, b) => sizes[b]! - sizes[a]!);
}

async function runWorker(
  job: ConversionJob,
  next: () => number | undefined,
  { onBytes, onUnit, signal }: WriterEvents & { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./conversion-worker.ts', import.meta.url), { workerData: job });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on('message', (message: ConversionMessage) => {
    if (message.type === 'bytes') return onBytes(message.count);
    if (message.type === 'unit') onUnit(message.index, message.digests);
    const index = next();
    if (index === undefined) resolve();
    else worker.postMessage(index);
  });
  worker.on('error', (error) => reject(errorFromThread(error)));
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
