// A loaded model: vision tower, decoder and the prefixes it remembers, on one device. What somebody waits for runs alone and
// first; requests of a batch decode together, and make way for it between their runs.
import os from 'node:os';
import { availableMemory } from '../machine-memory.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import { freeCardMemory } from '../ort/cuda-memory.ts';
import { chooseDevice, type DeviceChoice } from '../ort/device.ts';
import type { Device } from '../ort/providers.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import { activationsFor, openModelFolder, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { Decoder } from './decoder.ts';
import { MOST_ROWS } from './batch-size.ts';
import { DeviceTurns, type Urgency } from './device-turns.ts';
import { generate, type GenerateOptions, type GenerateReport } from './generate.ts';
import { checkKvFormat, kvScalesHash, kvScalesOf, KvFormatUnavailableError, type KvFormat } from './kv-calibration.ts';
import { PrefixCache } from './prefix-cache.ts';
import { positionAt, type Prompt } from './prompt.ts';
import { readLast, type LastToken } from './read-last.ts';
import { Scheduler } from './scheduler.ts';
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
  /** Requests of a batch that decode at once, where their keys and values fit; as many as suit the device when it is left out. */
  readonly rows?: number;
  /** Bytes that may be used; of the machine when it is left out. */
  readonly availableMemory?: () => number;
}

export interface RuntimeGenerateOptions extends Omit<GenerateOptions, 'chunkTokens' | 'turn'> {
  /** `interactive` when it is left out. */
  readonly urgency?: Urgency | undefined;
}

const DEFAULT_VISUAL_BYTES = 512 * 2 ** 20;

/** Fewer are computed again before a file is opened. */
const MIN_SNAPSHOT_TOKENS = 256;

// A GPU needs long runs to fill it; on a CPU 512 tokens are as fast as more, and a cancellation waits less.
const defaultChunkTokens = { cpu: 512, webgpu: 1024, cuda: 8192 } as const;

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
  readonly #turns = new DeviceTurns();
  readonly #scheduler: Scheduler;

  /** `cacheKey`: how its keys and values are kept. */
  private constructor(
    { model, deviceChoice, vision, decoder }: Pick<Runtime, 'model' | 'deviceChoice' | 'vision' | 'decoder'>,
    cacheKey: string,
    options: RuntimeOptions,
  ) {
    this.model = model;
    this.deviceChoice = deviceChoice;
    this.vision = vision;
    this.decoder = decoder;
    this.visualRows = new VisualRows(vision, options.visualBytes ?? DEFAULT_VISUAL_BYTES);
    const { snapshots, prefixBytes: maxBytes = defaultPrefixBytes(deviceChoice.device) } = options;
    this.snapshots = snapshots && new SnapshotStore({ ...snapshots, modelKey: snapshotKey(model, cacheKey) });
    this.prefixes = new PrefixCache(decoder, { maxBytes, ...(this.snapshots && { snapshots: this.snapshots }) });
    const { device } = deviceChoice;
    this.#chunkTokens = options.chunkTokens ?? defaultChunkTokens[device];
    this.#scheduler = new Scheduler(decoder, this.prefixes, this.#turns, {
      mostRows: decoder.canBatch ? (options.rows ?? MOST_ROWS[device]) : 1,
      chunkTokens: this.#chunkTokens,
      freeBytes: () => (device === 'cuda' ? freeCardMemory() : (options.availableMemory ?? availableMemory)()),
    });
  }

  /** Throws ModelFolderError, OrtError, DeviceUnavailableError (a device named that can't be used), KvFormatUnavailableError. */
  static async load(folder: string, options: RuntimeOptions = {}): Promise<Runtime> {
    const model = await openModelFolder(folder);
    const { kv = 'fp' } = options;
    const deviceChoice = options.deviceChoice ?? (await chooseRuntimeDevice(options.device ?? 'auto', kv));
    const { device } = deviceChoice;
    checkKvFormat(kv, device);
    const sessionOptions = { device, ...(options.threads !== undefined && { threads: options.threads }) };
    const kvScales = kv === 'int8' ? await kvScalesOf(model, sessionOptions) : undefined;
    using stack = new DisposableStack();
    const decoder = stack.use(await Decoder.load(model, { ...sessionOptions, ...(kvScales && { kvScales }) }));
    const vision = stack.use(await VisionTower.load(model, sessionOptions));
    const cacheKey = kvScales ? `int8 ${kvScalesHash(kvScales)}` : activationsFor(device);
    const runtime = new Runtime({ model, deviceChoice, vision, decoder }, cacheKey, options);
    stack.move();
    return runtime;
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  /** Yields token ids; a question waits for questions before it, a request of a batch for a row and for every question. */
  async *generate(prompt: Prompt, options: RuntimeGenerateOptions): AsyncGenerator<number, GenerateReport> {
    const { urgency = 'interactive', ...rest } = options;
    if (urgency === 'batch') return yield* this.#scheduler.generate(prompt, rest);
    using _turn = await this.#turns.take(options.signal);
    return yield* generate(this.decoder, this.prefixes, prompt, { ...rest, chunkTokens: this.#chunkTokens });
  }

  /** Runs a prompt for the state at its last token; waits for questions before it. Throws as `readLast` does. */
  async readLast(prompt: Prompt, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LastToken> {
    using _turn = await this.#turns.take(signal);
    return await readLast(this.decoder, this.prefixes, prompt, { chunkTokens: this.#chunkTokens, signal });
  }

  /**
   * Keeps the first `numTokens` of a prompt that has run on disk, if that is worth it; waits for requests before it. False where
   * nothing was kept. Rejects as `SnapshotStore.save` does.
   */
  async keepSnapshot(prompt: Prompt, numTokens: number, options: SaveOptions = {}): Promise<boolean> {
    const { snapshots } = this;
    if (!snapshots || numTokens < MIN_SNAPSHOT_TOKENS) return false;
    using _turn = await this.#turns.take(options.signal);
    const sequence = this.prefixes.takeHolding(prompt, numTokens);
    if (!sequence) return false;
    try {
      return await snapshots.save(sequence, numTokens, positionAt(prompt, numTokens), options);
    } finally {
      this.prefixes.keep(sequence);
    }
  }

  /** Lets go of all memory that no request is using, the weights apart. */
  freeIdle(): void {
    this.prefixes.clear();
    this.#scheduler.freeIdle();
  }

  [Symbol.dispose](): void {
    this.#scheduler[Symbol.dispose]();
    this.prefixes[Symbol.dispose]();
    this.visualRows[Symbol.dispose]();
    this.vision[Symbol.dispose]();
    this.decoder[Symbol.dispose]();
  }
}

/** What snapshots of a model are told by. `cacheKey`: how its keys and values are kept. */
function snapshotKey(model: ModelFolder, cacheKey: string): string {
  return `${model.weightsSha256} ${cacheKey}`;
}

/** The snapshots that a runtime of this model would use, were it loaded; undefined for those whose cache only loading can tell. */
export function snapshotsOf(
  model: ModelFolder,
  device: Device,
  { kv = 'fp', snapshots }: Pick<RuntimeOptions, 'kv' | 'snapshots'>,
): SnapshotStore | undefined {
  if (!snapshots || kv !== 'fp') return undefined;
  return new SnapshotStore({ ...snapshots, modelKey: snapshotKey(model, activationsFor(device)) });
}

/** Memory that other programs don't use is there to be used; a request that needs it makes room for itself. */
function defaultPrefixBytes(device: Device): number {
  if (device === 'webgpu') return 4 * 2 ** 30;
  return (device === 'cuda' ? freeCardMemory() : os.totalmem()) / 2;
}

/**
 * The device that a runtime would take. Throws DeviceUnavailableError for one that is named and can't be used,
 * KvFormatUnavailableError for one that is named and keeps no such keys and values.
 */
export async function chooseRuntimeDevice(wanted: Device | 'auto', kv: KvFormat = 'fp'): Promise<DeviceChoice> {
  const choice = await chooseDevice(wanted, probeGraph());
  if (wanted === 'auto') return withKv(choice, kv);
  checkKvFormat(kv, choice.device);
  return choice;
}

/** A device that nobody named makes way for one that keeps keys and values as they are wanted. */
export function withKv(choice: DeviceChoice, kv: KvFormat): DeviceChoice {
  const { device, fallbacks } = choice;
  try {
    checkKvFormat(kv, device);
    return choice;
  } catch (error) {
    if (!(error instanceof KvFormatUnavailableError)) throw error;
    const reason = `${device} keeps no keys and values in ${kv}`;
    return { device: 'cpu', reason, fallbacks: [...fallbacks, { device, reason: error.message }] };
  }
}

/** y = x + x on one float: proves that a device takes and runs a graph. */
function probeGraph(): Uint8Array {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', 'float32', [1]);
  const [y] = graph.node('Add', [x, x], {}, ['y']);
  graph.output(y!, 'float32', [1]);
  return graph.finish();
}
