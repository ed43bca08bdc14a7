// Messages to prompts by the files beside a model's weights: template, tokenizer, picture processing. Runs nothing.
import { readChatTemplate, type ChatTemplate, type TemplateMessage } from '../qwen3-vl/chat-template.ts';
import { openModelFolder, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { readProcessorConfig, type ProcessorConfig } from '../qwen3-vl/processor-config.ts';
import { buildPrompt, type EncodedPrompt, type PromptMedia, type VideoLayout } from '../qwen3-vl/prompt.ts';
import type { PixelBudget, VideoBudget } from '../qwen3-vl/smart-resize.ts';
import { readTokenizer, type Tokenizer } from '../qwen3-vl/tokenizer.ts';
import type { ChatMessage, ChatRequest } from './chat-model.ts';
import { measureMedia, readMedia, withBudget } from './prompt-media.ts';

export interface PromptEncoderOptions {
  /** In place of the checkpoint's own, counted as it counts them: of one picture, or of all frames of a clip together. */
  readonly budget?: Partial<PixelBudget>;
  readonly videoLayout?: VideoLayout;
  /** In place of what the checkpoint's processor files say. */
  readonly processor?: Partial<ProcessorConfig>;
}

export type MediaRequest = Pick<ChatRequest, 'messages' | 'minPixels' | 'maxPixels'>;

export class PromptEncoder {
  readonly model: ModelFolder;
  readonly tokenizer: Tokenizer;
  readonly processor: ProcessorConfig;
  readonly #template: ChatTemplate;
  readonly #layout: VideoLayout;

  private constructor(
    model: ModelFolder,
    tokenizer: Tokenizer,
    processor: ProcessorConfig,
    template: ChatTemplate,
    layout: VideoLayout,
  ) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.processor = processor;
    this.#template = template;
    this.#layout = layout;
  }

  /** Throws ModelFolderError, CheckpointError, ChatTemplateError. */
  static async open(folder: string, options: PromptEncoderOptions = {}): Promise<PromptEncoder> {
    const { budget = {}, videoLayout = 'canonical' } = options;
    const model = await openModelFolder(folder);
    const [tokenizer, read, template] = await Promise.all([
      readTokenizer(folder),
      readProcessorConfig(folder),
      readChatTemplate(folder),
    ]);
    const processor = { ...read, ...options.processor };
    const imageBudget = withBudget(processor.imageBudget, budget);
    const videoBudget = withBudget<VideoBudget>(processor.videoBudget, budget);
    return new PromptEncoder(model, tokenizer, { ...processor, imageBudget, videoBudget }, template, videoLayout);
  }

  /** Tokens that end an answer; a checkpoint that names none ends where its tokenizer does. */
  get endTokenIds(): readonly number[] {
    const { eosTokenIds } = this.model.config;
    if (eosTokenIds.length > 0) return eosTokenIds;
    return this.tokenizer.eosTokenId === undefined ? [] : [this.tokenizer.eosTokenId];
  }

  /** A prompt whose pictures have sizes and no pixels: what counting needs. */
  async measure(request: MediaRequest): Promise<EncodedPrompt> {
    return this.#build(request.messages, await measureMedia(request.messages, this.processor, budgetOf(request)));
  }

  async encode(request: MediaRequest, signal?: AbortSignal): Promise<EncodedPrompt> {
    const media = await readMedia(request.messages, this.processor, budgetOf(request), signal);
    return this.#build(request.messages, media);
  }

  #build(messages: readonly ChatMessage[], media: PromptMedia): EncodedPrompt {
    const text = this.#template.render(messages.map(toTemplateMessage), this.tokenizer);
    return buildPrompt(text, media, this.tokenizer, this.model.config, { layout: this.#layout });
  }
}

function budgetOf({ minPixels, maxPixels }: MediaRequest): Partial<PixelBudget> {
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
