// Prompt text with one placeholder a picture or video, to token ids, types and positions. A video becomes a time and a group of
// pads for each pair of frames; each group is an image to the positions and to the cache (spec sections 3.5 and 5.3).
import { assert, LecternError } from '../../errors.ts';
import { CheckpointError } from './checkpoint-error.ts';
import type { ModelConfig } from './config.ts';
import { computePositions } from './positions.ts';
import type { PixelGroup } from './preprocessing.ts';
import { formatTimestamp, groupTimes } from './timestamps.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * What a video's placeholder `<|vision_start|><|video_pad|><|vision_end|>` becomes. `canonical`: time and group, again and
 * again, nothing around them (the model's authors, vLLM, transformers 4). `nested`: the same between the outer start and end
 * that stay (transformers 5). The model was trained on the first.
 */
export type VideoLayout = 'canonical' | 'nested';

export interface PromptVideo {
  readonly groups: readonly PixelGroup[];
  /** Seconds of each sampled frame in the source; the last one fills the last group. */
  readonly frameTimes: readonly number[];
}

export interface PromptMedia {
  /** In the order of their placeholders. */
  readonly images: readonly PixelGroup[];
  readonly videos: readonly PromptVideo[];
}

/** Consecutive placeholder tokens of one image or one frame group, and the pixels they stand for. */
export interface PromptGroup extends PixelGroup {
  readonly kind: 'image' | 'video';
  /** Index of the first placeholder token. */
  readonly start: number;
  /** Placeholder tokens. */
  readonly length: number;
}

export interface EncodedPrompt {
  readonly tokenIds: Int32Array;
  /** 0 text, 1 image, 2 video: the reference's mm_token_type_ids. */
  readonly tokenTypes: Uint8Array;
  /** [3, tokens]: time, height, width. */
  readonly positions: Int32Array;
  /** Position of the first token after the prompt, equal on all axes. */
  readonly nextPosition: number;
  readonly groups: readonly PromptGroup[];
}

export interface PromptOptions {
  readonly layout?: VideoLayout;
  /** Position of the first token, where the prompt continues a sequence. */
  readonly firstPosition?: number;
}

const START = '<|vision_start|>';
const END = '<|vision_end|>';
const IMAGE_PAD = '<|image_pad|>';
const VIDEO_PAD = '<|video_pad|>';

/** Placeholders and media don't match one to one. */
export class PromptMediaError extends LecternError {
  constructor(kind: string, placeholders: number, given: number) {
    super(`the prompt has ${placeholders} ${kind} placeholders for ${given} ${kind}s`, {
      code: 'PROMPT_MEDIA',
      remedy: 'Give one image or video for each placeholder of the messages.',
    });
  }
}

/** Throws PromptMediaError, or CheckpointError where tokenizer and configuration name different ids. */
export function buildPrompt(
  text: string,
  media: PromptMedia,
  tokenizer: Tokenizer,
  config: ModelConfig,
  { layout = 'canonical', firstPosition = 0 }: PromptOptions = {},
): EncodedPrompt {
  checkIds(tokenizer, config);
  // Each group is one pad in the text that is tokenised, and repeated afterwards: added tokens end every merge around them.
  const short = tokenizer.encode(expandVideos(text, media.videos, layout, config.vision.temporalPatchSize));
  const images = media.images;
  const videoGroups = media.videos.flatMap((video) => video.groups);
  checkCount('image', short, config.imageTokenId, images.length);
  checkCount('video group', short, config.videoTokenId, videoGroups.length);

  const tokenIds: number[] = [];
  const groups: PromptGroup[] = [];
  let nextImage = 0;
  let nextVideo = 0;
  for (const id of short) {
    const isImage = id === config.imageTokenId;
    if (!isImage && id !== config.videoTokenId) {
      tokenIds.push(id);
      continue;
    }
    const group = isImage ? images[nextImage++]! : videoGroups[nextVideo++]!;
    const kind = isImage ? 'image' : 'video';
    groups.push({ ...group, kind, start: tokenIds.length, length: group.numTokens });
    for (let i = 0; i < group.numTokens; i++) tokenIds.push(id);
  }

  const tokenTypes = new Uint8Array(tokenIds.length);
  for (const { kind, start, length } of groups) tokenTypes.fill(kind === 'image' ? 1 : 2, start, start + length);
  const merge = config.vision.spatialMergeSize;
  const spans = groups.map(({ start, grid }) => ({ start, rows: grid[1] / merge, columns: grid[2] / merge }));
  const { positions, nextPosition } = computePositions(tokenIds.length, spans, firstPosition);
  return { tokenIds: Int32Array.from(tokenIds), tokenTypes, positions, nextPosition, groups };
}

/** Puts `<t seconds><|vision_start|><|video_pad|><|vision_end|>` for each group of each video in its placeholder's place. */
function expandVideos(
  text: string,
  videos: readonly PromptVideo[],
  layout: VideoLayout,
  temporalPatchSize: number,
): string {
  const triple = START + VIDEO_PAD + END;
  const parts = text.split(VIDEO_PAD);
  if (parts.length - 1 !== videos.length) throw new PromptMediaError('video', parts.length - 1, videos.length);
  let expanded = parts[0]!;
  videos.forEach((video, index) => {
    let rest = parts[index + 1]!;
    if (layout === 'canonical' && expanded.endsWith(START) && rest.startsWith(END)) {
      expanded = expanded.slice(0, -START.length);
      rest = rest.slice(END.length);
    }
    const times = groupTimes(video.frameTimes, temporalPatchSize);
    assert(times.length === video.groups.length, `${video.groups.length} groups for ${times.length} times`);
    expanded += times.map((time) => formatTimestamp(time) + triple).join('') + rest;
  });
  return expanded;
}

function checkCount(kind: string, ids: readonly number[], padId: number, given: number): void {
  const placeholders = ids.filter((id) => id === padId).length;
  if (placeholders !== given) throw new PromptMediaError(kind, placeholders, given);
}

function checkIds(tokenizer: Tokenizer, config: ModelConfig): void {
  for (const [content, id] of [
    [IMAGE_PAD, config.imageTokenId],
    [VIDEO_PAD, config.videoTokenId],
  ] as const) {
    const own = tokenizer.addedTokenId(content);
    if (own === id) continue;
    const message = `${content} is ${own ?? 'no token'} in the tokenizer and ${id} in config.json`;
    throw new CheckpointError('CHECKPOINT_TOKENIZER', 'tokenizer', message);
  }
}
