// The conformance checkpoints beside the repository, as the engine takes them: prompts from the reference's own tensors.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sha256 } from '../../../src/hash.ts';
import type { Prompt, VisualGroup } from '../../../src/model/engine/prompt.ts';
import type { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import type { VisualSlice } from '../../../src/model/engine/visual-slice.ts';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import {
  convertCheckpoint,
  openModelFolder,
  type ModelFolder,
} from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import type { WeightFormat } from '../../../src/model/qwen3-vl/graphs/weights.ts';

export const conformanceRoot = resolve(import.meta.dirname, '../../../../shared/conformance');

export const hasConformance = existsSync(conformanceRoot);
if (!hasConformance) console.log(`skipped: no conformance checkpoints at ${conformanceRoot}`);

export type Kind = 'dense' | 'dense-untied' | 'moe';

export function caseNames(kind: Kind): string[] {
  if (!hasConformance) return [];
  const { cases } = JSON.parse(readFileSync(join(conformanceRoot, kind, 'cases.json'), 'utf8')) as {
    cases: { name: string }[];
  };
  return cases.map(({ name }) => name);
}

/** A checkpoint converted into a temporary folder, which goes when the value does. */
export async function convert(
  kind: Kind,
  format: WeightFormat,
  layout: 'model' | 'model-released-layout' = 'model',
): Promise<ModelFolder & Disposable> {
  const folder = mkdtempSync(join(tmpdir(), `lectern-${kind}-`));
  await using checkpoint = await openCheckpoint(join(conformanceRoot, kind, layout));
  await convertCheckpoint(checkpoint, folder, format);
  return { ...(await openModelFolder(folder)), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

export interface Media {
  readonly kind: 'image' | 'video';
  readonly pixelValues: Float32Array;
  /** [t, h, w] of each image or video. */
  readonly grids: readonly [number, number, number][];
  /** Merger output [tokens, hidden], then the DeepStack features. */
  readonly features: readonly Float32Array[];
}

export interface ConformanceCase {
  readonly tokenIds: Int32Array;
  readonly positions: Int32Array;
  readonly ropeDelta: number;
  readonly greedy: Int32Array;
  /** [layers + 1, 16, hidden] */
  readonly hiddenAfterLayers: Float32Array;
  /** [16, vocabulary] */
  readonly logitsLast: Float32Array;
  readonly media: readonly Media[];
}

export function readCase(kind: Kind, name: string): ConformanceCase {
  const file = readFileSync(join(conformanceRoot, kind, `${name}.safetensors`));
  const headerBytes = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerBytes)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const bytes = (tensor: string) => {
    const [begin, end] = header[tensor]!.data_offsets;
    return Uint8Array.from(file.subarray(8 + headerBytes + begin, 8 + headerBytes + end)).buffer;
  };
  const ints = (tensor: string) => Int32Array.from(new BigInt64Array(bytes(tensor)), Number);
  const floats = (tensor: string) => new Float32Array(bytes(tensor));
  const media: Media[] = [];
  for (const [mediaKind, pixels] of [
    ['image', 'pixel_values'],
    ['video', 'pixel_values_videos'],
  ] as const) {
    if (!(pixels in header)) continue;
    const grid = ints(`${mediaKind}_grid_thw`);
    media.push({
      kind: mediaKind,
      pixelValues: floats(pixels),
      grids: Array.from({ length: grid.length / 3 }, (_, i) => [grid[3 * i]!, grid[3 * i + 1]!, grid[3 * i + 2]!]),
      features: [floats(`${mediaKind}_embeds`), ...[0, 1, 2].map((k) => floats(`${mediaKind}_deepstack_${k}`))],
    });
  }
  return {
    tokenIds: ints('input_ids'),
    positions: ints('position_ids'),
    ropeDelta: ints('rope_delta')[0]!,
    greedy: ints('greedy'),
    hiddenAfterLayers: floats('hidden_after_layers'),
    logitsLast: floats('logits_last'),
    media,
  };
}

/** The prompt of a case, its pictures encoded by `vision` when prefill first asks for them. */
export function promptOf(test: ConformanceCase, vision: VisionTower): Prompt {
  const { imageTokenId, videoTokenId } = vision.config;
  const slices = { image: slicesOf(test, 'image', vision), video: slicesOf(test, 'video', vision) };
  const groups: VisualGroup[] = [];
  for (let i = 0; i < test.tokenIds.length; i++) {
    const kind = { [imageTokenId]: 'image' as const, [videoTokenId]: 'video' as const }[test.tokenIds[i]!];
    if (!kind) continue;
    const slice = slices[kind].shift()!;
    groups.push({ start: i, length: slice.length, pixelHash: slice.pixelHash, encode: slice.encode });
    i += slice.length - 1;
  }
  const nextPosition = test.tokenIds.length + test.ropeDelta;
  return { tokenIds: test.tokenIds, positions: test.positions, nextPosition, groups };
}

function slicesOf(test: ConformanceCase, kind: 'image' | 'video', vision: VisionTower): Omit<VisualGroup, 'start'>[] {
  const media = test.media.find((one) => one.kind === kind);
  if (!media) return [];
  const slices: Omit<VisualGroup, 'start'>[] = [];
  let offset = 0;
  for (const [t, h, w] of media.grids) {
    for (let slice = 0; slice < t; slice++) {
      const pixels = media.pixelValues.slice(offset, offset + h * w * 1536);
      offset += pixels.length;
      let rows: Promise<VisualSlice> | undefined;
      slices.push({
        length: vision.rowsPerSlice(h, w),
        pixelHash: sha256(new Uint8Array(pixels.buffer)),
        encode: () => (rows ??= vision.encode([() => pixels], [h, w]).then(([only]) => only!)),
      });
    }
  }
  return slices;
}

/** Largest difference relative to the reference's largest value. */
export function relativeError(actual: Float32Array, reference: Float32Array): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < reference.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - reference[i]!));
    largest = Math.max(largest, Math.abs(reference[i]!));
  }
  return actual.length === reference.length ? difference / largest : Infinity;
}
