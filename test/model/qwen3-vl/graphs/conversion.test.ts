// Conversion on several cores gives the file that one core gives, and stops like it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeWeightFile } from '../../../../src/model/onnx/weight-file.ts';
import { openCheckpoint } from '../../../../src/model/qwen3-vl/checkpoint.ts';
import { writerFor } from '../../../../src/model/qwen3-vl/graphs/conversion.ts';
import { planWeights, weightFormats } from '../../../../src/model/qwen3-vl/graphs/weights.ts';
import { CONFORMANCE, hasShared, scratchFolder } from '../conformance.ts';

describe.runIf(hasShared)('conversion by workers', () => {
  test.each(weightFormats)('%s: the same bytes and hash as on one thread', async (format) => {
    const folder = await scratchFolder();
    await using checkpoint = await openCheckpoint(join(CONFORMANCE, 'moe', 'model'));
    const units = () => planWeights(checkpoint, format);
    const [one, many] = [join(folder, 'one.bin'), join(folder, 'many.bin')];
    const alone = await writeWeightFile(one, units());
    const done: number[] = [];
    const shared = await writeWeightFile(
      many,
      units(),
      { onProgress: (bytes) => done.push(bytes) },
      writerFor(checkpoint, format, 0),
    );
    expect(shared.sha256).toBe(alone.sha256);
    expect((await readFile(many)).equals(await readFile(one))).toBe(true);
    expect(done.at(-1)).toBe([...alone.layout.values()].reduce((sum, { byteLength }) => sum + byteLength, 0));
  });

  test('a cancelled conversion rejects with the reason and leaves no file', async () => {
    const folder = await scratchFolder();
    await using checkpoint = await openCheckpoint(join(CONFORMANCE, 'dense', 'model'));
    const controller = new AbortController();
    const conversion = writeWeightFile(
      join(folder, 'weights.bin'),
      planWeights(checkpoint, 'int4'),
      { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) },
      writerFor(checkpoint, 'int4', 0),
    );
    await expect(conversion).rejects.toThrow('enough');
    await expect(readFile(join(folder, 'weights.bin.part'))).rejects.toThrow('ENOENT');
  });

  test('a small checkpoint is converted without workers', async () => {
    await using checkpoint = await openCheckpoint(join(CONFORMANCE, 'dense', 'model'));
    expect(writerFor(checkpoint, 'int4')).toBeUndefined();
  });
});
