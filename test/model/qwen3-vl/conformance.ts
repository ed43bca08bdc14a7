// The reference checkpoints and their recorded results, read where they lie (../shared/conformance beside the repository).
// Where they are absent, the tests that need them skip and say so.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { ChatPart, TimedFrame } from '../../../src/model/chat/chat-model.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import { SafetensorsFile } from '../../../src/model/qwen3-vl/safetensors.ts';

export const SHARED = resolve(import.meta.dirname, '../../../../shared');
export const CONFORMANCE = join(SHARED, 'conformance');
export const hasShared = existsSync(CONFORMANCE);
if (!hasShared) console.warn(`skipped: no reference material at ${CONFORMANCE}`);

export const MODELS = ['dense', 'dense-untied', 'moe'] as const;

/** Every checkpoint folder: the reference library's own layout, and the released one where it exists. */
export const FOLDERS = MODELS.flatMap((model) =>
  ['model', 'model-released-layout']
    .map((layout) => ({ model, layout, folder: join(CONFORMANCE, model, layout) }))
    .filter(({ folder }) => existsSync(folder)),
);

export interface ConformanceCase {
  readonly name: string;
  readonly text: string;
  /** [height, width] of each image. */
  readonly images?: readonly [number, number][];
  /** [frames, height, width, source fps] of each video. */
  readonly videos?: readonly [number, number, number, number][];
  /** Source frame numbers of each video's frames. */
  readonly indices?: readonly number[][];
  readonly greedy: readonly number[];
  readonly prompt_tokens: number;
  readonly rendered: string | null;
}

export interface ConformanceFile {
  readonly tokenizer: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly cases: readonly ConformanceCase[];
}

export function readCases(model: string): ConformanceFile {
  return JSON.parse(readFileSync(join(CONFORMANCE, model, 'cases.json'), 'utf8')) as ConformanceFile;
}

/** An empty folder that goes away with the running test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface ReferenceTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array | BigInt64Array;
}

/** The recorded tensors of one case, by name. */
export async function readReference(model: string, name: string): Promise<Map<string, ReferenceTensor>> {
  await using file = await SafetensorsFile.open(join(CONFORMANCE, model, `${name}.safetensors`));
  const tensors = new Map<string, ReferenceTensor>();
  for (const [key, { dtype, shape }] of file.entries) {
    const bytes = await file.read(key);
    const data =
      dtype === 'F32' ? new Float32Array(bytes.buffer) : dtype === 'I64' ? new BigInt64Array(bytes.buffer) : bytes;
    tensors.set(key, { dtype, shape, data });
  }
  return tensors;
}

/** Integer tensors as plain numbers; undefined where the case has none of that name. */
export function numbersOf(tensors: ReadonlyMap<string, ReferenceTensor>, name: string): number[] | undefined {
  const tensor = tensors.get(name);
  return tensor && Array.from(tensor.data as Iterable<number | bigint>, Number);
}

/** `image_0`, `image_1`, … as recorded. */
export function referenceImages(tensors: ReadonlyMap<string, ReferenceTensor>): RgbImage[] {
  return recorded(tensors, 'image').map(({ shape: [height, width], data }) => ({
    height: height!,
    width: width!,
    data: data as Uint8Array,
  }));
}

/** `video_0`, `video_1`, … as recorded, each a list of frames. */
export function referenceVideos(tensors: ReadonlyMap<string, ReferenceTensor>): RgbImage[][] {
  return recorded(tensors, 'video').map(({ shape, data }) => {
    const [frames, height, width] = shape as [number, number, number];
    const size = height * width * 3;
    return Array.from({ length: frames }, (_, i) => ({
      height,
      width,
      data: (data as Uint8Array).subarray(i * size, (i + 1) * size),
    }));
  });
}

/** The frames of each video of a case at the seconds that the reference was told. */
export function referenceClips(
  tensors: ReadonlyMap<string, ReferenceTensor>,
  { indices, videos }: ConformanceCase,
): TimedFrame[][] {
  return referenceVideos(tensors).map((pictures, clip) =>
    pictures.map((picture, i) => ({ timeSec: indices![clip]![i]! / videos![clip]![3], picture })),
  );
}

const HEAD = '<|im_start|>user\n';
const TAIL = '<|im_end|>\n<|im_start|>assistant\n';
const PLACEHOLDER = /(<\|vision_start\|><\|image_pad\|><\|vision_end\|>|<\|video_pad\|>)/;

/** A recorded prompt taken apart into what a caller would have given. */
export function referenceParts(
  tensors: ReadonlyMap<string, ReferenceTensor>,
  { text }: ConformanceCase,
  clips: readonly (readonly TimedFrame[])[],
): ChatPart[] {
  expect(text.startsWith(HEAD) && text.endsWith(TAIL)).toBe(true);
  const images = referenceImages(tensors).values();
  const videos = clips.values();
  return text
    .slice(HEAD.length, -TAIL.length)
    .split(PLACEHOLDER)
    .filter((piece) => piece !== '')
    .map((piece): ChatPart => {
      if (piece.includes('image_pad')) return { type: 'image', picture: images.next().value! };
      if (piece.includes('video_pad')) return { type: 'frames', frames: videos.next().value! };
      return { type: 'text', text: piece };
    });
}

function recorded(tensors: ReadonlyMap<string, ReferenceTensor>, kind: string): ReferenceTensor[] {
  const found: ReferenceTensor[] = [];
  for (let k = 0; ; k++) {
    const tensor = tensors.get(`${kind}_${k}`);
    if (!tensor) return found;
    found.push(tensor);
  }
}
