// A chat request to the prompt that a Qwen3-VL server makes of it, refusing what vLLM refuses with its words, and what would
// hurt without a word: times out of order, pictures it would have to resample, an id that stands for two different things.
import { createHash } from 'node:crypto';
import sharp from 'sharp';

export interface ServerRules {
  readonly model: string;
  readonly maxModelLen: number;
  readonly videosAllowed: number;
  readonly imagesAllowed: number;
  /** false: an old server, which drops media_io_kwargs of a request. */
  readonly readsFrameTimes: boolean;
  readonly takesSchemas: boolean;
  /** Side of the square of pixels behind one token: 32 for Qwen3-VL, 28 for the families before it. */
  readonly sidePx: number;
}

interface MediaPart {
  readonly type: 'video_url' | 'image_url';
  readonly video_url?: { readonly url: string } | null;
  readonly image_url?: { readonly url: string } | null;
  readonly uuid?: string;
}
type ContentPart = { readonly type: 'text'; readonly text: string } | MediaPart;

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly ContentPart[] }[];
  readonly max_tokens: number;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly response_format?: { readonly type: string; readonly json_schema?: { name?: unknown; schema?: unknown } };
  readonly media_io_kwargs?: { readonly video?: VideoKwargs };
  readonly [field: string]: unknown;
}

interface VideoKwargs {
  readonly num_frames?: number;
  readonly fps?: number;
  readonly frames_indices?: readonly number[];
  readonly total_num_frames?: number;
  readonly duration?: number;
  readonly do_sample_frames?: boolean;
}

/** What the model reads, in order: texts as they are, `video` with its markers, `image` with its size. */
type Seen =
  | string
  | { readonly video: readonly string[]; readonly frames: number; readonly size: string }
  | { readonly image: string };

export interface SeenPrompt {
  readonly seen: readonly Seen[];
  readonly parts: readonly { readonly key: string; readonly numTokens: number }[];
  readonly numTokens: number;
}

export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `cache` holds what was computed for each uuid. */
export async function readPrompt(
  body: ChatBody,
  rules: ServerRules,
  cache: Map<string, string>,
  countText: (text: string) => number,
): Promise<SeenPrompt> {
  if (body.model !== rules.model) throw new Refusal(404, `The model \`${body.model}\` does not exist.`);
  checkFormat(body, rules);
  const content = body.messages.flatMap((message): readonly ContentPart[] =>
    typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content,
  );
  checkLimit('video', content, rules.videosAllowed);
  checkLimit('image', content, rules.imagesAllowed);
  const seen: Seen[] = [];
  const parts: { key: string; numTokens: number }[] = [];
  // <|im_start|>, role, newline, <|im_end|>, newline for each message; the answer's opening.
  let numTokens = body.messages.length * 5 + 3;
  for (const part of content) {
    const one = part.type === 'text' ? part.text : await readMedia(part, body, rules, cache);
    const tokens = tokensOf(one, rules.sidePx, countText);
    seen.push(one);
    parts.push({ key: sha(JSON.stringify(one) + ('uuid' in part ? part.uuid : '')), numTokens: tokens });
    numTokens += tokens;
  }
  if (numTokens + body.max_tokens > rules.maxModelLen) {
    const inAll = numTokens + body.max_tokens;
    throw new Refusal(
      400,
      `This model's maximum context length is ${rules.maxModelLen} tokens. However, you requested ${inAll} tokens (${numTokens} in the messages, ${body.max_tokens} in the completion). Please reduce the length of the messages or completion.`,
    );
  }
  return { seen, parts, numTokens };
}

function checkFormat({ response_format: format, max_tokens, stream }: ChatBody, { takesSchemas }: ServerRules): void {
  if (!Number.isInteger(max_tokens) || max_tokens < 1) {
    throw new Refusal(400, `max_tokens must be at least 1, got ${max_tokens}.`);
  }
  if (stream !== true && max_tokens !== 1) throw new Refusal(400, 'this server only streams');
  if (format === undefined) return;
  if (!takesSchemas) throw new Refusal(400, `Invalid value for 'response_format': ${format.type} is not supported`);
  const { name, schema } = format.json_schema ?? {};
  if (format.type !== 'json_schema' || typeof name !== 'string' || typeof schema !== 'object' || schema === null) {
    throw new Refusal(400, 'response_format needs json_schema with name and schema');
  }
  if (!('type' in schema))
    throw new Refusal(400, 'The provided JSON schema contains features not supported by xgrammar.');
}

function checkLimit(modality: 'video' | 'image', content: readonly ContentPart[], allowed: number): void {
  if (content.filter(({ type }) => type === `${modality}_url`).length <= allowed) return;
  throw new Refusal(400, `At most ${allowed} ${modality}(s) may be provided in one prompt.`);
}

async function readMedia(
  part: MediaPart,
  body: ChatBody,
  rules: ServerRules,
  cache: Map<string, string>,
): Promise<Seen> {
  const modality = part.type === 'video_url' ? 'video' : 'image';
  const url = part[part.type]?.url;
  if (url === undefined) {
    const known = part.uuid === undefined ? undefined : cache.get(part.uuid);
    if (known === undefined) throw new Refusal(400, `Cache miss for ${modality} at index 0 but data is not provided.`);
    return JSON.parse(known) as Seen;
  }
  const match = /^data:(video|image)\/jpeg;base64,(.*)$/s.exec(url);
  if (match?.[1] !== modality) throw new Refusal(400, `no JPEG data URL: ${url.slice(0, 40)}`);
  const kwargs = rules.readsFrameTimes ? (body.media_io_kwargs?.video ?? {}) : {};
  const one =
    modality === 'image'
      ? { image: await decodeJpeg(match[2]!, rules.sidePx) }
      : await readVideo(match[2]!, kwargs, rules.sidePx);
  if (part.uuid !== undefined) {
    const text = JSON.stringify(one);
    const before = cache.get(part.uuid);
    if (before !== undefined && before !== text) throw new Refusal(500, `uuid ${part.uuid} stands for two things`);
    cache.set(part.uuid, text);
  }
  return one;
}

/** vLLM's VideoMediaIO.load_base64 for `video/jpeg`, then Qwen3-VL's times. */
async function readVideo(data: string, kwargs: VideoKwargs, sidePx: number): Promise<Seen> {
  const { num_frames: numFrames = 32, fps = 1, duration = 0, do_sample_frames: isResampled = false } = kwargs;
  if (numFrames === 0) throw new Refusal(400, 'num_frames must be greater than 0 or -1');
  const frames = data.split(',').slice(0, numFrames > 0 ? numFrames : undefined);
  const sizes = await Promise.all(frames.map((frame) => decodeJpeg(frame, sidePx)));
  if (new Set(sizes).size !== 1) throw new Refusal(400, 'all input arrays must have the same shape');
  const indices = kwargs.frames_indices ?? frames.map((_, i) => i);
  if (!indices.every(Number.isInteger)) throw new Refusal(400, 'frames_indices must be a list of integers');
  if (indices.length !== frames.length) {
    throw new Refusal(
      400,
      `frames_indices length (${indices.length}) must match number of frames sent (${frames.length})`,
    );
  }
  const total = kwargs.total_num_frames ?? frames.length;
  if (!Number.isInteger(total) || total < 1) throw new Refusal(400, 'total_num_frames must be a positive integer');
  if (total < frames.length) {
    throw new Refusal(400, `total_num_frames (${total}) must be >= number of frames sent (${frames.length})`);
  }
  if (duration < 0) throw new Refusal(400, 'duration must be a non-negative number');
  if (isResampled) throw new Refusal(400, 'frames that were chosen already would be sampled again');
  if (indices.some((index, i) => i > 0 && index <= indices[i - 1]!)) throw new Refusal(400, 'indices do not ascend');
  if (indices.at(-1)! >= total)
    throw new Refusal(400, `index ${indices.at(-1)} lies behind the last frame ${total - 1}`);
  const markers: string[] = [];
  for (let i = 0; i < indices.length; i += 2) {
    const last = indices[Math.min(i + 1, indices.length - 1)]!;
    markers.push(`<${((indices[i]! / fps + last / fps) / 2).toFixed(1)} seconds>`);
  }
  return { video: markers, frames: frames.length, size: sizes[0]! };
}

/** `448x256`; a size that the model's preprocessing would change is refused. */
async function decodeJpeg(base64: string, sidePx: number): Promise<string> {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    throw new Refusal(400, 'Non-base64 digit found');
  }
  const bytes = Buffer.from(base64, 'base64');
  const { format } = await sharp(bytes).metadata();
  if (format !== 'jpeg') throw new Refusal(400, `cannot identify image file (${format})`);
  const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  if (info.width % sidePx !== 0 || info.height % sidePx !== 0) {
    throw new Refusal(400, `a picture of ${info.width}x${info.height} would be resampled`);
  }
  return `${info.width}x${info.height}`;
}

function tokensOf(one: Seen, sidePx: number, countText: (text: string) => number): number {
  if (typeof one === 'string') return countText(one);
  const [width = 0, height = 0] = ('image' in one ? one.image : one.size).split('x').map(Number);
  const shown = 2 + (width / sidePx) * (height / sidePx);
  if ('image' in one) return shown;
  return one.video.reduce((sum, marker) => sum + shown + countText(marker), 0);
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
