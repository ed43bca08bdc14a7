// The event stream of a chat completion to pieces of text and a report. A stream that ends early, says nothing we can read, or
// carries an error is a BrokenStreamError with what came before it.
import { z } from 'zod';
import { BrokenStreamError } from './errors.ts';

const usageSchema = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number().nullish(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
});

const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: usageSchema.nullish(),
  error: z.unknown().optional(),
});

export interface CompletionReport {
  readonly finish: 'stop' | 'length';
  readonly usage: { readonly prompt: number; readonly cached: number; readonly completion: number } | undefined;
  /** Chunks with text in them: about one a token. */
  readonly numChunks: number;
}

/** Takes the data of the events. Yields whole characters. */
export async function* readCompletion(
  events: AsyncIterable<string>,
  url: string,
  redact: (text: string) => string,
): AsyncGenerator<string, CompletionReport> {
  let received = '';
  let held = '';
  let finish: CompletionReport['finish'] | undefined;
  let usage: CompletionReport['usage'];
  let numChunks = 0;
  const broken = (problem: string, cause?: unknown) => new BrokenStreamError(url, redact(problem), received, cause);
  for await (const data of events) {
    if (data.trim() === '[DONE]') break;
    const chunk = parseChunk(data, broken);
    if (chunk.error !== undefined && chunk.error !== null) throw broken(errorText(chunk.error));
    if (chunk.usage) usage = usageOf(chunk.usage);
    const choice = chunk.choices?.[0];
    if (choice?.finish_reason) finish = choice.finish_reason === 'length' ? 'length' : 'stop';
    const text = held + (choice?.delta?.content ?? '');
    // JSON may carry the two halves of a character outside the basic plane in two chunks.
    held = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    const piece = text.slice(0, text.length - held.length);
    if (piece === '') continue;
    numChunks++;
    received += piece;
    yield piece;
  }
  if (finish === undefined) throw broken('the stream ended without a reason to stop');
  return { finish, usage, numChunks };
}

function parseChunk(data: string, broken: (problem: string, cause?: unknown) => Error): z.infer<typeof chunkSchema> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw broken(`an event is not JSON: ${data.slice(0, 80)}`, error);
  }
  const parsed = chunkSchema.safeParse(value);
  if (!parsed.success) throw broken(`an event is no completion: ${data.slice(0, 80)}`, parsed.error);
  return parsed.data;
}

function usageOf({ prompt_tokens, completion_tokens, prompt_tokens_details }: z.infer<typeof usageSchema>) {
  return {
    prompt: prompt_tokens,
    cached: prompt_tokens_details?.cached_tokens ?? 0,
    completion: completion_tokens ?? 0,
  };
}

function errorText(error: unknown): string {
  const message = (error as { message?: unknown }).message ?? error;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
