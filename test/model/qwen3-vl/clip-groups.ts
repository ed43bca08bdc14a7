// The frame groups of a clip, as a prompt gets them.
import { readMedia } from '../../../src/model/chat/prompt-media.ts';
import type { PixelGroup } from '../../../src/model/qwen3-vl/preprocessing.ts';
import type { ProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';

export async function clipGroups(
  pictures: readonly RgbImage[],
  processor: ProcessorConfig,
): Promise<readonly PixelGroup[]> {
  const frames = pictures.map((picture, timeSec) => ({ picture, timeSec }));
  const { videos } = await readMedia([{ role: 'user', content: [{ type: 'frames', frames }] }], processor);
  return videos[0]!.groups;
}
