// Weight formats on the CPU. Each graph must compute what float32 computes with the rounded weights; how far the rounding moves the
// logits, that of activations to int8 on the fast path included, is a fact about the checkpoint, printed here and bounded.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import { Sequence } from '../../../src/model/engine/sequence.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { bfloatsToFloats, floatsToHalves, halvesToFloats } from '../../../src/model/onnx/half-float.ts';
import { quantizeRows } from '../../../src/model/onnx/quantize.ts';
import { elementCount } from '../../../src/model/ort/data-type.ts';
import { openCheckpoint, type CheckpointTensor } from '../../../src/model/qwen3-vl/checkpoint.ts';
import {
  convertCheckpoint,
  loadVision,
  type LoadOptions,
  type ModelFolder,
} from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import { expertBlockSize, type WeightFormat, type WeightSource } from '../../../src/model/qwen3-vl/graphs/weights.ts';
import { argmax } from '../../../src/model/engine/sampling.ts';
import { dequantizeRows } from '../onnx/dequantize.ts';
import { hasConformance, promptOf, readCase, relativeError, type ConformanceCase, type Kind } from './conformance.ts';

const root = resolve(import.meta.dirname, '../../../../shared/conformance');

type Rounding = 'fp16' | 'int8' | 'int4';

// Largest logit error against the reference, relative to its largest logit. The weights are random, so nothing in them is robust
// to rounding as trained weights are, and a mixture's router may choose another expert; they are bfloat16, which half precision
// holds almost without loss.
const bounds: Record<Kind, Record<Rounding, number>> = {
  dense: { fp16: 1e-3, int8: 0.15, int4: 0.7 },
  'dense-untied': { fp16: 1e-3, int8: 0.15, int4: 0.7 },
  moe: { fp16: 1e-3, int8: 0.5, int4: 1.5 },
};

describe.runIf(hasConformance).each(Object.keys(bounds) as Kind[])('%s', (kind) => {
  test.each(['fp16', 'int8', 'int4'] as Rounding[])(
    '%s computes what float32 computes with weights rounded so',
    async (format) => {
      using folders = new Folders();
      await using checkpoint = await openCheckpoint(join(root, kind, 'model'));
      const stored = await convertCheckpoint(checkpoint, folders.make(), format);
      const rounded = await convertCheckpoint(roundedSource(checkpoint, format), folders.make(), 'fp32');
      using vision = await loadVision(stored, { expandsMatrices: true });
      expect(vision.inputs.has('vision.patch_embed')).toBe(format !== 'fp16');
      const errors: number[] = [];
      let sameNext = 0;
      const cases = ['text', 'image', 'two_images', 'video'].map((name) => ({ name, ...readCase(kind, name) }));
      const fast = await logitsOf(stored, cases);
      const exact = await logitsOf(stored, cases, { accuracyLevel: 0 });
      const expanded = await logitsOf(stored, cases, { accuracyLevel: 0, expandsMatrices: true });
      const ofRounded = await logitsOf(rounded, cases);
      for (const [i, { name, logitsLast }] of cases.entries()) {
        expect(relativeError(exact[i]!, ofRounded[i]!), name).toBeLessThan(1e-4);
        expect(relativeError(expanded[i]!, exact[i]!), name).toBeLessThan(1e-4);
        const logits = fast[i]!;
        const reference = logitsLast.slice(-logits.length);
        errors.push(relativeError(logits, reference));
        if (argmax(logits) === argmax(reference)) sameNext++;
      }
      console.log(
        `${kind}, ${format}: largest logit error ${cases.map(({ name }, i) => `${name} ${errors[i]!.toFixed(5)}`).join(', ')} of the ` +
          `largest logit; next token equal in ${sameNext} of ${cases.length}`,
      );
      expect(Math.max(...errors)).toBeLessThan(bounds[kind][format]);
    },
  );
});

async function logitsOf(
  model: ModelFolder,
  cases: readonly ConformanceCase[],
  options: LoadOptions = {},
): Promise<Float32Array[]> {
  using decoder = await Decoder.load(model, options);
  using vision = await VisionTower.load(model, options);
  const all: Float32Array[] = [];
  for (const one of cases) {
    using sequence = new Sequence(decoder.newCache());
    all.push(await prefill(decoder, sequence, promptOf(one, vision), { chunkTokens: 512 }));
  }
  return all;
}

class Folders implements Disposable {
  readonly #paths: string[] = [];

  make(): string {
    const path = mkdtempSync(join(tmpdir(), 'lectern-format-'));
    this.#paths.push(path);
    return path;
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths) rmSync(path, { recursive: true });
  }
}

/** A checkpoint whose tensors are float32 values that `format` can hold exactly. */
function roundedSource(checkpoint: WeightSource, format: WeightFormat): WeightSource {
  return { config: checkpoint.config, tensor: (name) => roundedTensor(checkpoint, checkpoint.tensor(name), format) };
}

function roundedTensor(source: WeightSource, tensor: CheckpointTensor, format: WeightFormat): CheckpointTensor {
  const { name, shape } = tensor;
  const count = elementCount(shape);
  const round = (values: Float32Array): Float32Array => {
    const isExact = shape.length === 1 || name.endsWith('mlp.gate.weight');
    if (isExact) return values;
    if (format === 'fp16' || name.includes('pos_embed')) return halvesToFloats(floatsToHalves(values));
    const isTable = name.includes('embed_tokens') || name.includes('lm_head');
    const isExpert = name.includes('.experts.');
    const columns = isExpert ? shape[2]! : count / shape[0]!;
    const blockSize = isExpert ? expertBlockSize(source.config.text) : 32;
    const bits = format === 'int8' || isTable || name.includes('.visual.') ? 8 : 4;
    return dequantizeRows(quantizeRows(values, columns, bits, blockSize), columns, bits, blockSize);
  };
  const read = async (first: number, rows: number) => {
    const bytes = await tensor.readRows(first, rows);
    const values =
      tensor.dtype === 'F32' ? new Float32Array(bytes.buffer) : bfloatsToFloats(new Uint16Array(bytes.buffer));
    return new Uint8Array(round(values).slice().buffer);
  };
  return {
    name,
    dtype: 'F32',
    shape,
    byteLength: 4 * count,
    read: () => read(0, shape[0]!),
    readRows: read,
  };
}
