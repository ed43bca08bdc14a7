// A Qwen3-VL model of this machine as a ChatModel: messages through the checkpoint's own template, tokenizer and picture
// processing into a prompt; the runtime's token ids back into text, whole characters at a time.
import { SchemaCompiler } from '../constrain/json-schema.ts';
import { ContextOverflowError } from '../engine/generate.ts';
import { Runtime, type RuntimeOptions } from '../engine/runtime.ts';
import type { DeviceChoice } from '../ort/device.ts';
import { readChatTemplate, type ChatTemplate, type TemplateMessage } from '../qwen3-vl/chat-template.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import { openModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { videoSize } from '../qwen3-vl/preprocessing.ts';
import { readProcessorConfig, type ProcessorConfig } from '../qwen3-vl/processor-config.ts';
import { buildPrompt, type EncodedPrompt, type PromptMedia, type VideoLayout } from '../qwen3-vl/prompt.ts';
import type { PixelBudget, Size } from '../qwen3-vl/smart-resize.ts';
import { StopStrings } from '../qwen3-vl/stop-strings.ts';
import { readTokenizer, StreamDecoder, type Tokenizer } from '../qwen3-vl/tokenizer.ts';
import type { ChatMessage, ChatModel, ChatReport, ChatRequest } from './chat-model.ts';
import { measureMedia, readMedia, withBudget } from './prompt-media.ts';

export interface LocalChatOptions extends RuntimeOptions {
  /** As it is called in messages to people; the folder where absent. */
  readonly name?: string;
  /** In place of the checkpoint's own, counted as it counts them: of one picture, or of all frames of a clip together. */
  readonly budget?: Partial<PixelBudget>;
  readonly videoLayout?: VideoLayout;
}

/** What turns messages into a prompt; needs no weights. */
interface PromptParts {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly processor: ProcessorConfig;
  readonly template: ChatTemplate;
  readonly videoLayout: VideoLayout;
}

type Measured = Pick<ChatRequest, 'messages' | 'minPixels' | 'maxPixels'>;

export class LocalChatModel implements ChatModel {
  readonly name: string;
  readonly #parts: PromptParts;
  readonly #runtime: Runtime;
  #compiler: SchemaCompiler | undefined;

  private constructor(name: string, parts: PromptParts, runtime: Runtime) {
    this.name = name;
    this.#parts = parts;
    this.#runtime = runtime;
  }

  /** Throws CheckpointError, ChatTemplateError and what Runtime.load throws. */
  static async load(folder: string, options: LocalChatOptions = {}): Promise<LocalChatModel> {
    const parts = await readPromptParts(folder, options);
    return new LocalChatModel(options.name ?? folder, parts, await Runtime.load(folder, options));
  }

  get contextTokens(): number {
    return this.#parts.config.text.maxPositions;
  }

  get config(): ModelConfig {
    return this.#parts.config;
  }

  /** Which device it runs on, and why. */
  get deviceChoice(): DeviceChoice {
    return this.#runtime.deviceChoice;
  }

  /** Frames a second of a clip, as the checkpoint was taught. */
  get videoFps(): number {
    return this.#parts.processor.videoFps;
  }

  /** Frames of one clip. */
  get maxFrames(): number {
    return this.#parts.processor.maxFrames;
  }

  /** The size at which each of a clip's frames is shown. */
  frameSize(source: Size, numFrames: number): Size {
    return videoSize(source, numFrames, this.#parts.processor);
  }

  /** Exact; nothing is decoded or run. Throws PictureError, FramesError, AspectRatioError, ChatTemplateError, PromptMediaError. */
  async countTokens(request: Measured): Promise<number> {
    return (await this.#measure(request)).tokenIds.length;
  }

  async *stream(request: ChatRequest): AsyncGenerator<string, ChatReport> {
    const { maxTokens, signal, ignoreEos = false, temperature = 0 } = request;
    const { config, tokenizer, processor } = this.#parts;
    const numTokens = await this.countTokens(request);
    if (numTokens + maxTokens > this.contextTokens) {
      throw new ContextOverflowError(numTokens, maxTokens, this.contextTokens);
    }
    signal?.throwIfAborted();
    const constraint = request.schema && (await this.#schemaCompiler()).compile(request.schema);
    const media = await readMedia(request.messages, processor, budgetOf(request), signal);
    const prompt = this.#runtime.visualRows.promptOf(this.#encode(request.messages, media));

    const stops = new StopStrings(request.stop ?? []);
    const text = new StreamDecoder(tokenizer);
    const tokenIds: number[] = [];
    using grammar = await constraint;
    const run = this.#runtime.generate(prompt, {
      maxTokens,
      stopTokenIds: ignoreEos ? [] : endTokens(config, tokenizer),
      temperature,
      hasEnded: () => stops.isStopped,
      onPrefill: request.onPrefill,
      ...(grammar && { constraint: grammar }),
      ...(request.topP !== undefined && { topP: request.topP }),
      ...(request.topK !== undefined && { topK: request.topK }),
      ...(request.seed !== undefined && { seed: request.seed }),
      ...(signal && { signal }),
    });
    let next = await run.next();
    try {
      for (; !next.done; next = await run.next()) {
        tokenIds.push(next.value);
        const piece = stops.push(text.push(next.value));
        if (piece !== '') yield piece;
      }
    } finally {
      // A reader that stops early ends the run here; after its end this does nothing.
      if (!next.done) await run.return(undefined as never);
    }
    const rest = stops.push(text.end()) + stops.end();
    if (rest !== '') yield rest;
    const { promptTokens, cachedTokens, completionTokens, prefillMs, decodeMs, finish } = next.value;
    return {
      finish,
      usage: { prompt: promptTokens, cached: cachedTokens, completion: completionTokens },
      timing: { prefillMs, decodeMs },
      tokenIds,
    };
  }

  async #measure(request: Measured): Promise<EncodedPrompt> {
    const media = await measureMedia(request.messages, this.#parts.processor, budgetOf(request));
    return this.#encode(request.messages, media);
  }

  #encode(messages: readonly ChatMessage[], media: PromptMedia): EncodedPrompt {
    const { config, tokenizer, template, videoLayout } = this.#parts;
    const text = template.render(messages.map(toTemplateMessage), tokenizer);
    return buildPrompt(text, media, tokenizer, config, { layout: videoLayout });
  }

  async #schemaCompiler(): Promise<SchemaCompiler> {
    const { config, tokenizer } = this.#parts;
    this.#compiler ??= await SchemaCompiler.create({
      tokenizer,
      vocabSize: config.text.vocabSize,
      stopTokenIds: endTokens(config, tokenizer),
    });
    return this.#compiler;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#compiler?.[Symbol.dispose]();
    this.#runtime[Symbol.dispose]();
  }
}

async function readPromptParts(
  folder: string,
  { budget = {}, videoLayout = 'canonical' }: LocalChatOptions,
): Promise<PromptParts> {
  const { config } = await openModelFolder(folder);
  const [tokenizer, processor, template] = await Promise.all([
    readTokenizer(folder),
    readProcessorConfig(folder),
    readChatTemplate(folder),
  ]);
  const imageBudget = withBudget(processor.imageBudget, budget);
  const videoBudget = withBudget(processor.videoBudget, budget);
  return { config, tokenizer, processor: { ...processor, imageBudget, videoBudget }, template, videoLayout };
}

/** A checkpoint that names no end of its own ends where its tokenizer does. */
function endTokens({ eosTokenIds }: ModelConfig, { eosTokenId }: Tokenizer): readonly number[] {
  if (eosTokenIds.length > 0) return eosTokenIds;
  return eosTokenId === undefined ? [] : [eosTokenId];
}

function budgetOf({ minPixels, maxPixels }: Measured): Partial<PixelBudget> {
  return { ...(minPixels !== undefined && { minPixels }), ...(maxPixels !== undefined && { maxPixels }) };
}

function toTemplateMessage({ role, content }: ChatMessage): TemplateMessage {
  if (typeof content === 'string') return { role, content };
  return {
    role,
    content: content.map((part) =>
      part.type === 'text' ? part : { type: part.type === 'image' ? ('image' as const) : ('video' as const) },
    ),
  };
}
