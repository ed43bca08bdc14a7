// Messages to prompts by the files beside a model's weights: template, tokenizer, picture processing. Runs nothing.
import { readChatTemplate, type ChatTemplate, type TemplateMessage } from '../qwen3-vl/chat-template.ts';
import { openModelFolder, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { readProcessorConfig, type ProcessorConfig } from '../qwen3-vl/processor-config.ts';
import { buildPrompt, type EncodedPrompt, type PromptMedia, type VideoLayout } from '../qwen3-vl/prompt.ts';
import type { PixelBudget, VideoBudget } from '../qwen3-vl/smart-resize.ts';
import { readTokenizer, type Tokenizer } from '../qwen3-vl/tokenizer.ts';
import type { ChatMessage, MeasuredRequest, RequestBeginning } from './chat-model.ts';
import { measureMedia, readMedia, withBudget } from './prompt-media.ts';

export interface PromptEncoderOptions {
  /** In place of the checkpoint's own, counted as it counts them: of one picture, or of all frames of a clip together. */
  readonly budget?: Partial<PixelBudget>;
  readonly videoLayout?: VideoLayout;
  /** In place of what the checkpoint's processor files say. */
  readonly processor?: Partial<ProcessorConfig>;
}

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
  async measure(request: MeasuredRequest): Promise<EncodedPrompt> {
    return this.#build(request.messages, await measureMedia(request.messages, this.processor, budgetOf(request)));
  }

  async encode(request: MeasuredRequest, signal?: AbortSignal): Promise<EncodedPrompt> {
    const media = await readMedia(request.messages, this.processor, budgetOf(request), signal);
    return this.#build(request.messages, media);
  }

  /**
   * How many tokens `prompt`, which is this request's, begins with whatever follows the given beginning: up to the last added token
   * such as the end of a message or a picture, because a text's last tokens change with the letters behind it. A text of which a
   * part is given counts up to the last end of a line: what follows must not begin with another one.
   */
  async beginningTokens(request: MeasuredRequest, beginning: RequestBeginning, prompt: EncodedPrompt): Promise<number> {
    const other = await this.measure({ ...request, messages: withOtherEnding(request.messages, beginning) });
    const [here, there] = [prompt.tokenIds, other.tokenIds];
    let end = 0;
    while (end < here.length && here[end] === there[end]) end++;
    const isPad = (id: number) => id === this.model.config.imageTokenId || id === this.model.config.videoTokenId;
    const endsLine = (id: number) => beginning.characters !== undefined && this.#endsLine(id);
    const isCut = (id: number) => (this.tokenizer.isAdded(id) && !isPad(id)) || endsLine(id);
    while (end > 0 && !isCut(here[end - 1]!)) end--;
    return end;
  }

  #endsLine(tokenId: number): boolean {
    return this.tokenizer.tokenBytes(tokenId)?.at(-1) === 0x0a;
  }

  #build(messages: readonly ChatMessage[], media: PromptMedia): EncodedPrompt {
    const text = this.#template.render(messages.map(toTemplateMessage), this.tokenizer);
    return buildPrompt(text, media, this.tokenizer, this.model.config, { layout: this.#layout });
  }
}

function budgetOf({ minPixels, maxPixels }: MeasuredRequest): Partial<PixelBudget> {
  return { ...(minPixels !== undefined && { minPixels }), ...(maxPixels !== undefined && { maxPixels }) };
}

/** A noncharacter, which no question begins with. */
const OTHER_ENDING = '\ufdd1';

/** The same beginning with something else in place of the rest. */
function withOtherEnding(messages: readonly ChatMessage[], beginning: RequestBeginning): ChatMessage[] {
  const { messages: numWhole, parts = 0, characters = 0 } = beginning;
  const { role, content } = messages[numWhole] ?? { role: 'user', content: '' };
  const [kept, next] = typeof content === 'string' ? [[], undefined] : [content.slice(0, parts), content[parts]];
  const text = next?.type === 'text' ? next.text.slice(0, characters) : '';
  return [...messages.slice(0, numWhole), { role, content: [...kept, { type: 'text', text: text + OTHER_ENDING }] }];
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
