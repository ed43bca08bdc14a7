// A loaded model: vision tower, decoder and the prefixes it remembers, on one device. Requests run one after another, because
// they share the device's memory and the decoder's caches.
import os from 'node:os';
import { GraphBuilder } from '../onnx/graph.ts';
import { freeCardMemory } from '../ort/cuda-memory.ts';
import { chooseDevice, type DeviceChoice } from '../ort/device.ts';
import type { Device } from '../ort/providers.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import { activationsFor, openModelFolder, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { Decoder } from './decoder.ts';
import { generateBatch, type BatchAnswer, type BatchOptions, type BatchRequest } from './generate-batch.ts';
import { generate, type GenerateOptions, type GenerateReport } from './generate.ts';
import { checkKvFormat, kvScalesHash, kvScalesOf, type KvFormat } from './kv-calibration.ts';
import { PrefixCache } from './prefix-cache.ts';
import { positionAt, type Prompt } from './prompt.ts';
import { readLast, type LastToken } from './read-last.ts';
import { SnapshotStore, type SaveOptions, type SnapshotStoreOptions } from './snapshot-store.ts';
import { VisionTower } from './vision-tower.ts';
import { VisualRows } from './visual-rows.ts';

export interface RuntimeOptions {
  readonly device?: Device | 'auto';
  /** Where it was chosen before: `chooseRuntimeDevice`. */
  readonly deviceChoice?: DeviceChoice;
  readonly threads?: number;
  /** How keys and values are kept; `fp` when it is left out. The first int8 load of a model folder loads it twice. */
  readonly kv?: KvFormat;
  /** Bytes of keys and values kept in memory between requests; half of what there is when it is left out. */
  readonly prefixBytes?: number;
  /** Bytes of encoded pictures kept in memory. */
  readonly visualBytes?: number;
  /** Keeps prefixes on disk too. */
  readonly snapshots?: Omit<SnapshotStoreOptions, 'modelKey'>;
  /** Tokens in one prefill run; as many as suit the device when it is left out. */
  readonly chunkTokens?: number;
}

export type RuntimeGenerateOptions = Omit<GenerateOptions, 'chunkTokens'>;

const DEFAULT_VISUAL_BYTES = 512 * 2 ** 20;

/** Fewer are computed again before a file is opened. */
const MIN_SNAPSHOT_TOKENS = 256;

// A GPU needs long runs to fill it; on a CPU 512 tokens are as fast as more, and a cancellation waits less.
const defaultChunkTokens = { cpu: 512, webgpu: 1024, cuda: 4096 } as const;

export class Runtime implements Disposable {
  readonly model: ModelFolder;
  readonly deviceChoice: DeviceChoice;
  readonly vision: VisionTower;
  readonly decoder: Decoder;
  readonly prefixes: PrefixCache;
  /** Turns encoded prompts into prompts whose pictures are encoded here, each distinct one once. */
  readonly visualRows: VisualRows;
  readonly snapshots: SnapshotStore | undefined;
  readonly #chunkTokens: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    model: ModelFolder,
    deviceChoice: DeviceChoice,
    vision: VisionTower,
    decoder: Decoder,
    cacheKey: string,
    options: RuntimeOptions,
  ) {
    this.model = model;
    this.deviceChoice = deviceChoice;
    this.vision = vision;
    this.decoder = decoder;
    this.visualRows = new VisualRows(vision, options.visualBytes ?? DEFAULT_VISUAL_BYTES);
    const { snapshots, prefixBytes: maxBytes = defaultPrefixBytes(deviceChoice.device) } = options;
    const modelKey = `${model.weightsSha256} ${cacheKey}`;
    this.snapshots = snapshots && new SnapshotStore({ ...snapshots, modelKey });
    this.prefixes = new PrefixCache(decoder, { maxBytes, ...(this.snapshots && { snapshots: this.snapshots }) });
    this.#chunkTokens = options.chunkTokens ?? defaultChunkTokens[deviceChoice.device];
  }

  /** Throws ModelFolderError, OrtError, DeviceUnavailableError (a device named that can't be used), KvFormatUnavailableError. */
  static async load(folder: string, options: RuntimeOptions = {}): Promise<Runtime> {
    const model = await openModelFolder(folder);
    const choice = options.deviceChoice ?? (await chooseRuntimeDevice(options.device ?? 'auto'));
    const { device } = choice;
    const { kv = 'fp' } = options;
    checkKvFormat(kv, device);
    const sessionOptions = { device, ...(options.threads !== undefined && { threads: options.threads }) };
    const kvScales = kv === 'int8' ? await kvScalesOf(model, sessionOptions) : undefined;
    using stack = new DisposableStack();
    const decoder = stack.use(await Decoder.load(model, { ...sessionOptions, ...(kvScales && { kvScales }) }));
    const vision = stack.use(await VisionTower.load(model, sessionOptions));
    const cacheKey = kvScales ? `int8 ${kvScalesHash(kvScales)}` : activationsFor(device);
    const runtime = new Runtime(model, choice, vision, decoder, cacheKey, options);
    stack.move();
    return runtime;
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  /** Yields token ids; waits for requests before it. Throws as `generate` does. */
  async *generate(prompt: Prompt, options: RuntimeGenerateOptions): AsyncGenerator<number, GenerateReport> {
    const turn = await this.#takeTurn(options.signal);
    try {
      return yield* generate(this.decoder, this.prefixes, prompt, { ...options, chunkTokens: this.#chunkTokens });
    } finally {
      turn.resolve();
    }
  }

  /** Several prompts decoded together: see generateBatch. Where the device can't, one after another. */
  async *generateBatch(
    requests: readonly BatchRequest[],
    options: Omit<BatchOptions, 'chunkTokens'>,
  ): AsyncGenerator<BatchAnswer> {
    if (!this.decoder.canBatch) {
      yield* this.#oneByOne(requests, options.signal);
      return;
    }
    const turn = await this.#takeTurn(options.signal);
    try {
      yield* generateBatch(this.decoder, this.prefixes, requests, { ...options, chunkTokens: this.#chunkTokens });
    } finally {
      turn.resolve();
    }
  }

  /** Runs a prompt for the state at its last token; waits for requests before it. Throws as `readLast` does. */
  async readLast(prompt: Prompt, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LastToken> {
    const turn = await this.#takeTurn(signal);
    try {
      return await readLast(this.decoder, this.prefixes, prompt, { chunkTokens: this.#chunkTokens, signal });
    } finally {
      turn.resolve();
    }
  }

  /**
   * Keeps the first `numTokens` of a prompt that has run on disk, if that is worth it; waits for requests before it. False where
   * nothing was kept. Rejects as `SnapshotStore.save` does.
   */
  async keepSnapshot(prompt: Prompt, numTokens: number, options: SaveOptions = {}): Promise<boolean> {
    const { snapshots } = this;
    if (!snapshots || numTokens < MIN_SNAPSHOT_TOKENS) return false;
    const turn = await this.#takeTurn(options.signal);
    try {
      const sequence = this.prefixes.holding(prompt, numTokens);
      return sequence ? await snapshots.save(sequence, numTokens, positionAt(prompt, numTokens), options) : false;
    } finally {
      turn.resolve();
    }
  }

  async *#oneByOne(requests: readonly BatchRequest[], signal: AbortSignal | undefined): AsyncGenerator<BatchAnswer> {
    for (const [index, { prompt, onToken, ...options }] of requests.entries()) {
      const tokens = this.generate(prompt, { ...options, signal });
      const tokenIds: number[] = [];
      let next = await tokens.next();
      for (; !next.done; next = await tokens.next()) {
        tokenIds.push(next.value);
        onToken?.(next.value);
      }
      yield { index, tokenIds, report: next.value };
    }
  }

  /** Waits for the requests before; the next one waits until this turn is resolved. */
  async #takeTurn(signal: AbortSignal | undefined): Promise<PromiseWithResolvers<void>> {
    const turn = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = turn.promise;
    await before;
    if (signal?.aborted) turn.resolve();
    signal?.throwIfAborted();
    return turn;
  }

  [Symbol.dispose](): void {
    this.prefixes[Symbol.dispose]();
    this.vision[Symbol.dispose]();
    this.decoder[Symbol.dispose]();
  }
}

/** Memory that other programs don't use is there to be used; a request that needs it makes room for itself. */
function defaultPrefixBytes(device: Device): number {
  if (device === 'webgpu') return 4 * 2 ** 30;
  return (device === 'cuda' ? freeCardMemory() : os.totalmem()) / 2;
}

/** The device that a runtime would take. Throws DeviceUnavailableError for one that is named and can't be used. */
export function chooseRuntimeDevice(wanted: Device | 'auto'): Promise<DeviceChoice> {
  return chooseDevice(wanted, probeGraph());
}

/** y = x + x on one float: proves that a device takes and runs a graph. */
function probeGraph(): Uint8Array {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', 'float32', [1]);
  const [y] = graph.node('Add', [x, x], {}, ['y']);
  graph.output(y!, 'float32', [1]);
  return graph.finish();
}
