// Matrices of few bits as floats, by the kernel that multiplies with them: the identity times a matrix is that matrix, rounded as in
// every product.
import { GraphBuilder } from '../../onnx/graph.ts';
import type { WeightLayout } from '../../onnx/weight-file.ts';
import { Layers, type LayerOptions } from './layers.ts';

export interface MatrixShape {
  readonly name: string;
  readonly inSize: number;
  readonly outSize: number;
}

/** Inputs: `identity.N` [N, N] for each size of what a matrix reads. Outputs: each matrix [inSize, outSize] by its name. */
export function buildExpansionGraph(
  matrices: readonly MatrixShape[],
  weights: WeightLayout,
  weightFile: string,
  options: LayerOptions,
): Uint8Array {
  const { activations } = options;
  const graph = new GraphBuilder('expansion', weights, weightFile);
  const layers = new Layers(graph, options);
  const sizes = new Set(matrices.map(({ inSize }) => inSize));
  const identities = new Map(
    [...sizes].map((size) => [size, graph.input(`identity.${size}`, activations, [size, size])]),
  );
  for (const { name, inSize, outSize } of matrices) {
    const product = layers.multiply(identities.get(inSize)!, name, inSize, outSize);
    const [matrix] = graph.node('Identity', [product], {}, [name]);
    graph.output(matrix!, activations, [inSize, outSize]);
  }
  return graph.finish();
}
