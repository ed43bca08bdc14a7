// A laid-out conversation to the JSON body of /v1/chat/completions. For vLLM a video is one part of JPEG files with the frames'
// times in `media_io_kwargs` (vLLM's multimodal/media/video.py): with `fps` 1000 and indices in milliseconds, index / fps is
// the true time, whatever the spacing.
import { assert } from '../../errors.ts';
import { canonicalJson, sha256 } from '../../hash.ts';
import type { ChatRequest, TimedFrame } from '../chat/chat-model.ts';
import type { Size } from '../qwen3-vl/smart-resize.ts';
import type { ServerAbilities } from './abilities.ts';
import { frameIndexMs, type WireLayout, type WirePart } from './layout.ts';
import { encodeJpeg } from './pictures.ts';

interface EncodedMedia {
  readonly type: 'video_url' | 'image_url';
  /** Names pixels, times and size, so that equal ids are equal inputs: vLLM trusts them unseen. */
  readonly uuid: string;
  /** Written when it is sent: media that the server has already never become text. */
  url(): string;
}

type EncodedPart = { readonly type: 'text'; readonly text: string } | EncodedMedia;

export interface EncodedConversation {
  readonly messages: readonly { readonly role: string; readonly parts: readonly EncodedPart[] }[];
  /** Ids of all pictures and videos. */
  readonly uuids: readonly string[];
  readonly mediaIoKwargs: Readonly<Record<string, unknown>> | undefined;
}

/** Encodes a few pictures side by side, in order. Rejects with PictureError or the signal's reason. */
export async function encodeConversation(layout: WireLayout, signal?: AbortSignal): Promise<EncodedConversation> {
  const messages: { role: string; parts: EncodedPart[] }[] = [];
  let mediaIoKwargs: Record<string, unknown> | undefined;
  for (const { role, parts } of layout.messages) {
    const encoded: EncodedPart[] = [];
    for (const part of parts) {
      signal?.throwIfAborted();
      encoded.push(await encodePart(part, signal));
      if (part.type === 'video') mediaIoKwargs = { video: videoTimes(part.frames) };
    }
    messages.push({ role, parts: encoded });
  }
  const uuids = messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [] : [part.uuid])));
  return { messages, uuids, mediaIoKwargs };
}

async function encodePart(part: WirePart, signal?: AbortSignal): Promise<EncodedPart> {
  if (part.type === 'text') return part;
  if (part.type === 'image') {
    const jpeg = await encodeJpeg(part.picture, part.size);
    return { type: 'image_url', uuid: sha256(jpeg), url: () => `data:image/jpeg;base64,${base64(jpeg)}` };
  }
  const jpegs = await encodeFrames(part.frames, part.size, signal);
  const times = part.frames.map(({ timeSec }) => frameIndexMs(timeSec));
  return {
    type: 'video_url',
    uuid: sha256(canonicalJson([times, jpegs.map((jpeg) => sha256(jpeg))])),
    url: () => `data:video/jpeg;base64,${jpegs.map(base64).join(',')}`,
  };
}

function base64(jpeg: Uint8Array): string {
  return Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).toString('base64');
}

/** As many at once as libvips has threads for. */
const FRAMES_AT_ONCE = 8;

async function encodeFrames(frames: readonly TimedFrame[], size: Size, signal?: AbortSignal): Promise<Uint8Array[]> {
  const jpegs: Uint8Array[] = [];
  for (let first = 0; first < frames.length; first += FRAMES_AT_ONCE) {
    signal?.throwIfAborted();
    const some = frames.slice(first, first + FRAMES_AT_ONCE);
    jpegs.push(...(await Promise.all(some.map(({ picture }) => encodeJpeg(picture, size)))));
  }
  return jpegs;
}

function videoTimes(frames: readonly TimedFrame[]): Record<string, unknown> {
  const indices = frames.map(({ timeSec }) => frameIndexMs(timeSec));
  const total = Math.max(indices.at(-1)! + 1, frames.length);
  return {
    // Without it vLLM takes 32, and silently drops all frames after those.
    num_frames: -1,
    fps: 1000,
    frames_indices: indices,
    total_num_frames: total,
    duration: total / 1000,
    do_sample_frames: false,
  };
}

/** `omitted`: media that the server has already, sent by id alone. Only vLLM gets ids and its own fields. */
export function writeBody(
  conversation: EncodedConversation,
  request: ChatRequest,
  { software, model }: ServerAbilities,
  omitted: ReadonlySet<string>,
): string {
  const isVllm = software === 'vllm';
  assert(isVllm || omitted.size === 0, 'only vLLM keeps media by id');
  const writePart = (part: EncodedPart) => {
    if (part.type === 'text') return part;
    const media = omitted.has(part.uuid) ? null : { url: part.url() };
    return { type: part.type, [part.type]: media, ...(isVllm && { uuid: part.uuid }) };
  };
  return JSON.stringify({
    model,
    messages: conversation.messages.map(({ role, parts }) => {
      const [only] = parts;
      const isText = parts.length === 1 && only?.type === 'text';
      return { role, content: isText ? only.text : parts.map(writePart) };
    }),
    ...(conversation.mediaIoKwargs && { media_io_kwargs: conversation.mediaIoKwargs }),
    max_tokens: request.maxTokens,
    temperature: request.temperature ?? 0,
    ...(request.topP !== undefined && { top_p: request.topP }),
    ...(isVllm && request.topK !== undefined && { top_k: request.topK }),
    ...(isVllm && request.repetitionPenalty !== undefined && { repetition_penalty: request.repetitionPenalty }),
    ...(request.presencePenalty !== undefined && { presence_penalty: request.presencePenalty }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.stop !== undefined && request.stop.length > 0 && { stop: request.stop }),
    ...(isVllm && request.ignoreEos && { ignore_eos: true }),
    ...(request.schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: request.schema, strict: true } },
    }),
    stream: true,
    stream_options: { include_usage: true },
  });
}
