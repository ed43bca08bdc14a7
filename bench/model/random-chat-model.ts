// A released shape with random weights that can be talked to: converted as a checkpoint would be, with the released vocabulary, the
// chat template of the model in the box, and the released budgets of pixels.
import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { convertCheckpoint } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import type { WeightFormat } from '../../src/model/qwen3-vl/graphs/weights.ts';
import { releasedVocabulary } from '../../test/model/qwen3-vl/released-vocabulary.ts';
import { randomCheckpoint, releasedConfig, type ShapeName } from './random-checkpoint.ts';

const NORMALIZED = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const PATCHES = { merge_size: 2, patch_size: 16, temporal_patch_size: 2, resample: 3, rescale_factor: 1 / 255 };
const STEPS = { do_convert_rgb: true, do_normalize: true, do_rescale: true, do_resize: true };
const COMMON = { ...STEPS, ...NORMALIZED, ...PATCHES, processor_class: 'Qwen3VLProcessor' };

/** Makes `models/NAME` where it is missing and gives NAME, for `LECTERN_MODEL`. undefined where the vocabulary is absent. */
export async function randomChatModel(models: string, shape: ShapeName, format: WeightFormat) {
  const vocabulary = releasedVocabulary();
  if (!vocabulary) return undefined;
  const name = `random-${shape.toLowerCase()}-${format}`;
  const [converted, folder] = [join(models, `${shape}-${format}`), join(models, name)];
  if (!existsSync(join(converted, 'model.json'))) {
    mkdirSync(converted, { recursive: true });
    await convertCheckpoint(randomCheckpoint(releasedConfig(shape)), converted, format);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  linkSync(join(converted, 'weights.bin'), join(folder, 'weights.bin'));
  copyFileSync(join(converted, 'model.json'), join(folder, 'model.json'));
  const shipped = join(CARDS_FOLDER, 'lectern-slides-26m');
  for (const file of ['chat_template.jinja', 'chat_template.json']) {
    if (existsSync(join(shipped, file))) copyFileSync(join(shipped, file), join(folder, file));
  }
  const write = (file: string, content: object) => writeFileSync(join(folder, file), JSON.stringify(content));
  write('tokenizer.json', vocabulary);
  write('tokenizer_config.json', { tokenizer_class: 'Qwen2Tokenizer', eos_token: '<|im_end|>' });
  // Spec section 2.
  write('preprocessor_config.json', {
    ...COMMON,
    image_processor_type: 'Qwen2VLImageProcessor',
    size: { shortest_edge: 65_536, longest_edge: 16_777_216 },
  });
  write('video_preprocessor_config.json', {
    ...COMMON,
    video_processor_type: 'Qwen3VLVideoProcessor',
    size: { shortest_edge: 4096, longest_edge: 25_165_824 },
    fps: 2,
    min_frames: 4,
    max_frames: 768,
  });
  return name;
}
