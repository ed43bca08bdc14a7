// Messages to prompt text through the checkpoint's own Jinja template. Pictures and videos become one placeholder each, which
// `buildPrompt` fills; text that users wrote is marked, so that `<|im_end|>` on a slide ends no turn.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { z } from 'zod';
import { LecternError } from '../../errors.ts';
import { readJsonFile } from './json-file.ts';
import type { Tokenizer } from './tokenizer.ts';

export type TemplatePart =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'image' } | { readonly type: 'video' };

export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly TemplatePart[];
  /** OpenAI's shape: `{type: 'function', function: {name, arguments}}`. */
  readonly tool_calls?: readonly unknown[];
}

export interface RenderOptions {
  /** End with the beginning of the assistant's turn. On unless false. */
  readonly addGenerationPrompt?: boolean;
  /** Tool descriptions in OpenAI's shape. */
  readonly tools?: readonly unknown[];
  /** Number the media: `Picture 1: `, `Video 1: `. */
  readonly addVisionId?: boolean;
}

export class ChatTemplateError extends LecternError {
  constructor(
    problem: string,
    cause: unknown,
    remedy = 'Check roles and content of the messages against the model card.',
  ) {
    super(`The chat template ${problem}`, { code: 'CHAT_TEMPLATE', remedy, cause });
  }
}

/** For folders that carry none: the turns that every template of the family writes, without tools. */
const PLAIN_TEMPLATE = `
{%- if tools %}{{ raise_exception('this checkpoint has no chat template, so it takes no tools') }}{% endif %}
{%- for message in messages %}
  {{- '<|im_start|>' + message.role + '\\n' }}
  {%- if message.content is string %}
    {{- message.content }}
  {%- else %}
    {%- for part in message.content %}
      {%- if part.type == 'image' %}
        {{- '<|vision_start|><|image_pad|><|vision_end|>' }}
      {%- elif part.type == 'video' %}
        {{- '<|vision_start|><|video_pad|><|vision_end|>' }}
      {%- else %}
        {{- part.text }}
      {%- endif %}
    {%- endfor %}
  {%- endif %}
  {{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`;

export class ChatTemplate {
  readonly #template: Template;

  /** Throws ChatTemplateError for text that is no Jinja template. */
  constructor(source: string) {
    try {
      this.#template = new Template(source);
    } catch (error) {
      throw new ChatTemplateError(
        `can't be read: ${(error as Error).message}`,
        error,
        'Take chat_template.json (or .jinja) from the released checkpoint.',
      );
    }
  }

  /** Throws ChatTemplateError. The text is for `tokenizer.encode` (it may hold literal marks), not for people. */
  render(messages: readonly TemplateMessage[], tokenizer: Tokenizer, options: RenderOptions = {}): string {
    const { addGenerationPrompt = true, tools, addVisionId = false } = options;
    try {
      return this.#template.render({
        messages: messages.map((message) => markMessage(message, tokenizer)),
        add_generation_prompt: addGenerationPrompt,
        add_vision_id: addVisionId,
        ...(tools && { tools }),
      });
    } catch (error) {
      throw new ChatTemplateError(`refuses the messages: ${(error as Error).message}`, error);
    }
  }
}

/** The assistant's own turns may carry `<think>` and `<tool_call>` tokens; everybody else's text is only text. */
function markMessage(message: TemplateMessage, tokenizer: Tokenizer): TemplateMessage {
  if (message.role === 'assistant') return message;
  const { content } = message;
  if (typeof content === 'string') return { ...message, content: tokenizer.markLiteral(content) };
  const mark = (part: TemplatePart) =>
    part.type === 'text' ? { ...part, text: tokenizer.markLiteral(part.text) } : part;
  return { ...message, content: content.map(mark) };
}

const namedTemplates = z.array(z.looseObject({ name: z.string(), template: z.string() }));
const templateHolder = z.looseObject({ chat_template: z.union([z.string(), namedTemplates]).nullish() });

/** The template of a checkpoint folder: chat_template.jinja, chat_template.json or tokenizer_config.json, in this order. */
export async function readChatTemplate(folder: string): Promise<ChatTemplate> {
  const jinja = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => undefined);
  if (jinja !== undefined) return new ChatTemplate(jinja);
  for (const name of ['chat_template.json', 'tokenizer_config.json']) {
    const holder = await readJsonFile(join(folder, name), templateHolder, 'CHECKPOINT_TOKENIZER');
    const found = holder?.chat_template;
    const source = typeof found === 'string' ? found : found?.find((item) => item.name === 'default')?.template;
    if (source !== undefined) return new ChatTemplate(source);
  }
  return new ChatTemplate(PLAIN_TEMPLATE);
}
