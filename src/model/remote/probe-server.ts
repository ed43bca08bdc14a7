// Asks a server what it is: its models and their context, its software, and whether it takes frames with true times. Costs a few
// small requests and no generation.
import sharp from 'sharp';
import { z } from 'zod';
import { LecternError } from '../../errors.ts';
import { ServerConnection, type ConnectionOptions } from '../../http/connection.ts';
import { ServerRefusedError } from '../../http/errors.ts';
import { readsTimes, type ServerAbilities, type ServerSoftware } from './abilities.ts';
import { UnknownModelError } from './errors.ts';

export interface ServerAddress extends ConnectionOptions {
  /** Base URL, `/v1` included. */
  readonly url: string;
  /** The name that requests carry; the server's only model where absent. */
  readonly model?: string | undefined;
}

export interface ServerProbe extends ServerAbilities {
  readonly url: string;
  /** Names of all models that the server has. */
  readonly models: readonly string[];
}

const modelSchema = z.object({
  id: z.string(),
  /** Where vLLM has the model from: it names the family where the served name is an alias. */
  root: z.string().nullish(),
  owned_by: z.string().nullish(),
  max_model_len: z.number().int().positive().nullish().catch(undefined),
});
const modelsSchema = z.object({ data: z.array(modelSchema) });
const versionSchema = z.object({ version: z.string() });
const propsSchema = z.object({ default_generation_settings: z.object({ n_ctx: z.number().int().positive() }) });
const tokensSchema = z.union([z.object({ count: z.number() }), z.object({ tokens: z.array(z.unknown()) })]);

/**
 * For `lectern doctor` and before a model is opened. Rejects with ServerUnreachableError, ServerBusyError, ServerTimeoutError,
 * ServerRefusedError (the key), UnknownModelError, or the signal's reason.
 */
export async function probeServer(address: ServerAddress, signal?: AbortSignal): Promise<ServerProbe> {
  return probeConnection(new ServerConnection(address.url, address), address.model, signal);
}

export async function probeConnection(
  connection: ServerConnection,
  wanted: string | undefined,
  signal?: AbortSignal,
): Promise<ServerProbe> {
  const models = await listModels(connection, signal);
  const names = models.map(({ id }) => id);
  const chosen = wanted ?? (names.length === 1 ? names[0] : undefined);
  // A server without a list may still have the model that is asked for.
  if (chosen === undefined || (names.length > 0 && !names.includes(chosen))) {
    throw new UnknownModelError(connection.url, wanted, names);
  }
  const entry = models.find(({ id }) => id === chosen);
  const software = softwareOf(entry?.owned_by ?? '');
  const isFamily = readsTimes(chosen) || readsTimes(entry?.root ?? '');
  const [version, countsTokens, takesTimedFrames, ownContext] = await Promise.all([
    software === 'vllm' ? readVersion(connection, signal) : undefined,
    software === 'unknown' ? false : tokenizes(connection, chosen, signal),
    software === 'vllm' && isFamily ? honoursFrameTimes(connection, chosen, signal) : false,
    software === 'llama.cpp' ? readSlotContext(connection, signal) : undefined,
  ]);
  return {
    url: connection.url,
    models: names,
    software,
    version,
    model: chosen,
    contextTokens: entry?.max_model_len ?? ownContext,
    takesTimedFrames,
    countsTokens,
    tokenSidePx: isFamily ? 32 : 28,
  };
}

async function listModels(connection: ServerConnection, signal?: AbortSignal): Promise<z.infer<typeof modelSchema>[]> {
  const response = await connection.request(`${connection.url}/models`, { signal });
  if (response.status === 404 || response.status === 405) return [];
  if (!response.ok)
    throw new ServerRefusedError(connection.url, response.status, await connection.readDetail(response));
  const parsed = modelsSchema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data.data;
  const problem = 'its list of models is not that of an OpenAI-compatible server; the address usually ends in /v1';
  throw new ServerRefusedError(connection.url, response.status, problem);
}

function softwareOf(owner: string): ServerSoftware {
  if (owner === 'vllm' || owner === 'sglang') return owner;
  return owner === 'llamacpp' ? 'llama.cpp' : 'unknown';
}

async function readVersion(connection: ServerConnection, signal?: AbortSignal): Promise<string | undefined> {
  return (await tryJson(connection, '/version', versionSchema, { signal }))?.version;
}

async function readSlotContext(connection: ServerConnection, signal?: AbortSignal): Promise<number | undefined> {
  return (await tryJson(connection, '/props', propsSchema, { signal }))?.default_generation_settings.n_ctx;
}

async function tokenizes(connection: ServerConnection, model: string, signal?: AbortSignal): Promise<boolean> {
  return (await countText(connection, model, 'a b', signal)) !== undefined;
}

/** Tokens of a text by the server's own tokenizer, without special tokens; undefined where it doesn't tell. */
export async function countText(
  connection: ServerConnection,
  model: string,
  text: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  // vLLM and SGLang read `prompt`, llama.cpp `content`.
  const body = { model, prompt: text, content: text, add_special_tokens: false };
  const found = await tryJson(connection, '/tokenize', tokensSchema, { body, signal });
  if (found === undefined) return undefined;
  return 'count' in found ? found.count : found.tokens.length;
}

/**
 * Two frames with one index: a server that reads `frames_indices` refuses them by name, and generates nothing. One that drops
 * the field, as vLLM did before early 2026, would show the model wrong times without a word.
 */
async function honoursFrameTimes(connection: ServerConnection, model: string, signal?: AbortSignal): Promise<boolean> {
  const frame = (await blankFrame()).toString('base64');
  const body = JSON.stringify({
    model,
    max_tokens: 1,
    messages: [
      {
        role: 'user',
        content: [{ type: 'video_url', video_url: { url: `data:video/jpeg;base64,${frame},${frame}` } }],
      },
    ],
    media_io_kwargs: { video: { num_frames: -1, fps: 1000, frames_indices: [0], total_num_frames: 2 } },
  });
  const url = `${connection.url}/chat/completions`;
  const response = await connection.request(url, { method: 'POST', body, signal, is5xxAnswer: true });
  const detail = await connection.readDetail(response);
  return response.status === 400 && detail.includes('frames_indices');
}

function blankFrame(): Promise<Buffer> {
  const create = { width: 64, height: 64, channels: 3 as const, background: { r: 0, g: 0, b: 0 } };
  return sharp({ create }).jpeg().toBuffer();
}

/** undefined where there is no such page; what is not ours to mend (no server, cancelled) is thrown. */
async function tryJson<T>(
  connection: ServerConnection,
  path: string,
  schema: z.ZodType<T>,
  { body, signal }: { readonly body?: object; readonly signal: AbortSignal | undefined },
): Promise<T | undefined> {
  try {
    const request = body === undefined ? {} : { method: 'POST' as const, body: JSON.stringify(body) };
    const response = await connection.request(connection.root + path, { ...request, signal, is5xxAnswer: true });
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    return schema.safeParse(await response.json()).data;
  } catch (error) {
    if (signal?.aborted || error instanceof LecternError) throw error;
    return undefined;
  }
}
