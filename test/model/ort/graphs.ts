// Tiny graphs for the tests of the runtime.
import { GraphBuilder, type Value } from '../../../src/model/onnx/graph.ts';
import type { DataType } from '../../../src/model/ort/data-type.ts';

/** y = x, of any type. */
export function identityGraph(type: DataType, shape: readonly (number | string)[]): Uint8Array {
  const graph = new GraphBuilder('identity');
  const x = graph.input('x', type, shape);
  const [y] = graph.node('Identity', [x], {}, ['y']);
  graph.output(y!, type, shape);
  return graph.finish();
}

/** sum = a + b, both [rows,3]: one symbol in two inputs. */
export function sumGraph(): Uint8Array {
  const graph = new GraphBuilder('sum');
  const a = graph.input('a', 'float32', ['rows', 3]);
  const b = graph.input('b', 'float32', ['rows', 3]);
  const [sum] = graph.node('Add', [a, b], {}, ['sum']);
  graph.output(sum!, 'float32', ['rows', 3]);
  return graph.finish();
}

/** y = x times itself `steps` times, x [size,size]: as much work as is wanted. */
export function powerGraph(size: number, steps: number): Uint8Array {
  const graph = new GraphBuilder('power');
  const x = graph.input('x', 'float32', [size, size]);
  let y: Value = x;
  for (let i = 0; i < steps; i++) y = graph.node('MatMul', [y, x]);
  graph.output(y, 'float32', [size, size]);
  return graph.finish();
}

/** y = zeros of the shape that x [1] names: as much memory as is wanted. */
export function zerosGraph(): Uint8Array {
  const graph = new GraphBuilder('zeros');
  const x = graph.input('x', 'int64', [1]);
  const [y] = graph.node('ConstantOfShape', [x], {}, ['y']);
  graph.output(y!, 'float32', ['n']);
  return graph.finish();
}
