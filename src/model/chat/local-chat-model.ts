// A Qwen3-VL model of this machine as a ChatModel: messages through the checkpoint's own template, tokenizer and picture
// processing into a prompt; the runtime's token ids back into text, whole characters at a time. Weights are loaded by the first
// request, once it is known to fit.
import { SchemaCompiler } from '../constrain/json-schema.ts';
import { ContextOverflowError, type GenerateReport } from '../engine/generate.ts';
import type { Prompt } from '../engine/prompt.ts';
import { chooseRuntimeDevice, Runtime, snapshotsOf, type RuntimeOptions } from '../engine/runtime.ts';
import { availableMemory } from '../machine-memory.ts';
import { memoryNeeds, OutOfMemoryError, totalBytes } from '../memory.ts';
import { freeCardMemory } from '../ort/cuda-memory.ts';
import type { DeviceChoice } from '../ort/device.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import { videoSize } from '../qwen3-vl/preprocessing.ts';
import type { EncodedPrompt } from '../qwen3-vl/prompt.ts';
import type { Size } from '../qwen3-vl/smart-resize.ts';
import type { Resident, WeightsRoom } from '../weights-room.ts';
import { AnswerText } from './answer-text.ts';
import type { ChatModel, ChatReport, ChatRequest, MeasuredRequest, ReuseEstimate } from './chat-model.ts';
import { PrefixKeeper } from './prefix-keeper.ts';
import { PromptEncoder, type PromptEncoderOptions } from './prompt-encoder.ts';

export interface LocalChatOptions extends RuntimeOptions, PromptEncoderOptions {
  /** As it is called in messages to people; the folder where absent. */
  readonly name?: string;
  /** Told when a prefix could not be kept on disk; requests are answered all the same. */
  readonly onSnapshotFailure?: (error: unknown) => void;
  /** Bytes that may be used, asked before each request; of the machine where absent. */
  readonly availableMemory?: () => number;
  /** Bytes that weights, keys and values and activations may take together on a CPU, however much is free. */
  readonly limitBytes?: number | undefined;
  /** Shared with other models, whose weights may have to go before this one's are loaded. */
  readonly room?: WeightsRoom | undefined;
}

/** A request of usual size, for which there should be room beside the weights. */
const USUAL_REQUEST = { promptTokens: 8192, maxTokens: 1024, visualTokens: 4096, largestPatches: 4096 };

export class LocalChatModel implements ChatModel, Resident {
  readonly name: string;
  readonly #encoder: PromptEncoder;
  readonly #options: LocalChatOptions;
  #deviceChoice: Promise<DeviceChoice> | undefined;
  #runtime: Promise<Runtime> | undefined;
  #compiler: Promise<SchemaCompiler> | undefined;
  readonly #keeper: PrefixKeeper;

  private constructor(encoder: PromptEncoder, options: LocalChatOptions) {
    this.name = options.name ?? encoder.model.folder;
    this.#encoder = encoder;
    this.#options = options;
    this.#keeper = new PrefixKeeper(options.onSnapshotFailure);
  }

  /** Reads all but the weights. Throws ModelFolderError, CheckpointError, ChatTemplateError. */
  static async open(folder: string, options: LocalChatOptions = {}): Promise<LocalChatModel> {
    return new LocalChatModel(await PromptEncoder.open(folder, options), options);
  }

  get config(): ModelConfig {
    return this.#encoder.model.config;
  }

  get contextTokens(): number {
    return this.config.text.maxPositions;
  }

  /** Frames a second of a clip, as the checkpoint was taught. */
  get videoFps(): number {
    return this.#encoder.processor.videoFps;
  }

  /** Fewest frames of one clip. */
  get minFrames(): number {
    return this.#encoder.processor.minFrames;
  }

  /** Most frames of one clip. */
  get maxFrames(): number {
    return this.#encoder.processor.maxFrames;
  }

  /** The size at which each of a clip's frames is shown. */
  frameSize(source: Size, numFrames: number): Size {
    return videoSize(source, numFrames, this.#encoder.processor);
  }

  /** Which device it runs on, and why. Rejects with DeviceUnavailableError. */
  chooseDevice(): Promise<DeviceChoice> {
    return (this.#deviceChoice ??= retried(
      () => chooseRuntimeDevice(this.#options.device ?? 'auto', this.#options.kv),
      () => (this.#deviceChoice = undefined),
    ));
  }

  /** Exact; nothing is decoded or run. Throws PictureError, FramesError, AspectRatioError, ChatTemplateError, PromptMediaError. */
  async countTokens(request: MeasuredRequest): Promise<number> {
    return (await this.#encoder.measure(request)).tokenIds.length;
  }

  async reuse(request: MeasuredRequest): Promise<ReuseEstimate> {
    const prompt = toBeLookedUp(await this.#encoder.encode(request));
    const numTokens = prompt.tokenIds.length;
    const loaded = await this.#runtime?.catch(() => undefined);
    const inMemory = loaded?.prefixes.sharedWith(prompt) ?? 0;
    const { device } = await this.chooseDevice();
    const snapshots = loaded ? loaded.snapshots : snapshotsOf(this.#encoder.model, device, this.#options);
    const stored = await snapshots?.longestPrefix(prompt);
    if (!stored || stored.length <= inMemory) return { numTokens, reused: inMemory, fetchBytes: 0 };
    return { numTokens, reused: stored.length, fetchBytes: stored.bytes };
  }

  async *stream(request: ChatRequest): AsyncGenerator<string, ChatReport> {
    const { maxTokens, signal, urgency = 'interactive' } = request;
    const measured = await this.#encoder.measure(request);
    const numTokens = measured.tokenIds.length;
    if (numTokens + maxTokens > this.contextTokens) {
      throw new ContextOverflowError(numTokens, maxTokens, this.contextTokens);
    }
    signal?.throwIfAborted();
    using stay = await this.#options.room?.enter(this, urgency, signal);
    await this.#checkMemory(measured, maxTokens);
    using grammar = request.schema && (await (await this.#loadCompiler()).compile(request.schema));
    const encoded = await this.#encoder.encode(request, signal);
    const runtime = await this.#load();
    stay?.loaded();
    signal?.throwIfAborted();

    const { reusable, temperature = 0, topP, topK, repetitionPenalty, presencePenalty, seed } = request;
    const isKept = runtime.snapshots !== undefined && reusable !== undefined;
    const numReusable = isKept ? await this.#encoder.beginningTokens(request, reusable, encoded) : 0;
    const prompt = runtime.visualRows.promptOf(encoded);
    const answer = new AnswerText(this.#encoder.tokenizer, request.stop ?? []);
    const run = runtime.generate(prompt, {
      ...{ temperature, topP, topK, repetitionPenalty, presencePenalty, seed },
      ...{ maxTokens, urgency, onPrefill: request.onPrefill, constraint: grammar, signal },
      stopTokenIds: request.ignoreEos ? [] : this.#encoder.endTokenIds,
      hasEnded: (tokenId) => answer.push(tokenId),
    });
    let next = await run.next();
    try {
      for (; !next.done; next = await run.next()) for (const piece of answer.take()) yield piece;
    } finally {
      // A reader that stops early ends the run here, and its keys and values are kept.
      if (!next.done) await run.return(undefined as never);
    }
    this.#keeper.measure(next.value);
    this.#keeper.keep(runtime, prompt, { numTokens: numReusable, isForeseen: reusable?.isForeseen ?? false }, signal);
    const rest = answer.end();
    if (rest !== '') yield rest;
    return { ...reportOf(next.value, encoded), tokenIds: answer.tokenIds };
  }

  async makeReady({ schema }: Pick<ChatRequest, 'schema'>): Promise<void> {
    const { room } = this.#options;
    try {
      using stay = await room?.enterEarly(this);
      const hasRoom =
        this.isLoaded || (room ? stay !== undefined : (await this.roomNeeded()) <= (await this.roomLeft()));
      if (!hasRoom) return;
      await this.#load();
      using _grammar = schema && (await (await this.#loadCompiler()).compile(schema));
    } catch {
      // Tried again by the request, which tells.
    }
  }

  /** Whether its weights lie in memory, or are on their way there. */
  get isLoaded(): boolean {
    return this.#runtime !== undefined;
  }

  /** A GPU's memory is the driver's to count; it refuses with an error of its own. */
  async #checkMemory({ tokenIds, groups }: EncodedPrompt, maxTokens: number): Promise<void> {
    if ((await this.chooseDevice()).device !== 'cpu') return;
    const { model } = this.#encoder;
    const needs = memoryNeeds(model, {
      promptTokens: tokenIds.length,
      maxTokens,
      kv: this.#options.kv ?? 'fp',
      visualTokens: groups.reduce((sum, { length }) => sum + length, 0),
      largestPatches: Math.max(0, ...groups.map(({ grid }) => grid[1] * grid[2])),
    });
    const { limitBytes = Infinity } = this.#options;
    if (totalBytes(needs) > limitBytes) {
      throw new OutOfMemoryError(this.name, needs, tokenIds.length + maxTokens, limitBytes, true);
    }
    const loaded = await this.#runtime;
    const wanted = loaded ? { ...needs, weights: 0 } : needs;
    const total = totalBytes(wanted);
    const available = this.#options.availableMemory ?? availableMemory;
    if (total <= available()) return;
    // What earlier requests left to be reused is the first to go.
    loaded?.freeIdle();
    const free = available();
    if (total > free) throw new OutOfMemoryError(this.name, wanted, tokenIds.length + maxTokens, free);
  }

  /** Bytes of weights and of a usual request. */
  async roomNeeded(): Promise<number> {
    return totalBytes(memoryNeeds(this.#encoder.model, { ...USUAL_REQUEST, kv: this.#options.kv ?? 'fp' }));
  }

  async roomLeft(): Promise<number> {
    const { device } = await this.chooseDevice();
    return device === 'cuda' ? freeCardMemory() : (this.#options.availableMemory ?? availableMemory)();
  }

  /** Lets go of the weights once no request is under way; the next one loads them again. */
  async unload(): Promise<void> {
    await this.#keeper.settled();
    const runtime = await this.#runtime?.catch(() => undefined);
    this.#runtime = undefined;
    runtime?.[Symbol.dispose]();
  }

  #load(): Promise<Runtime> {
    const load = async () =>
      Runtime.load(this.#encoder.model.folder, { ...this.#options, deviceChoice: await this.chooseDevice() });
    return (this.#runtime ??= retried(load, () => (this.#runtime = undefined)));
  }

  #loadCompiler(): Promise<SchemaCompiler> {
    const { tokenizer, endTokenIds } = this.#encoder;
    const { vocabSize } = this.config.text;
    const create = () => SchemaCompiler.create({ tokenizer, vocabSize, stopTokenIds: endTokenIds });
    return (this.#compiler ??= retried(create, () => (this.#compiler = undefined)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unload();
    const compiler = await this.#compiler?.catch(() => undefined);
    compiler?.[Symbol.dispose]();
  }
}

function reportOf(report: GenerateReport, { groups }: EncodedPrompt): ChatReport {
  const { promptTokens, cachedTokens, completionTokens, prefillMs, decodeMs, finish } = report;
  return {
    finish,
    usage: { prompt: promptTokens, cached: cachedTokens, completion: completionTokens },
    timing: { prefillMs, decodeMs },
    ...(groups.length > 0 && { pixelHashes: groups.map(({ pixelHash }) => pixelHash) }),
  };
}

/** A promise to keep: `forget` is called where it fails, so that the next request tries again. */
function retried<T>(make: () => Promise<T>, forget: () => void): Promise<T> {
  const made = make();
  made.catch(forget);
  return made;
}

/** The prompt without its pixels: it is compared with what is kept, and shown to nobody. */
function toBeLookedUp({ tokenIds, positions, nextPosition, groups }: EncodedPrompt): Prompt {
  const encode = () => Promise.reject(new Error('a prompt that was only looked up is run'));
  const unseen = groups.map(({ start, length, pixelHash }) => ({ start, length, pixelHash, encode }));
  return { tokenIds, positions, nextPosition, groups: unseen };
}
