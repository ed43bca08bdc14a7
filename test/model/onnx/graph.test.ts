import { expect, test } from 'vitest';
import { float, GraphBuilder, none } from '../../../src/model/onnx/graph.ts';
import { ProtoWriter } from '../../../src/model/onnx/protobuf.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';

test('protobuf: varints of one, two and ten bytes, floats, strings and nested messages as the wire format has them', () => {
  const bytes = new ProtoWriter()
    .int(1, 1)
    .int(2, 300)
    .int(3, -1)
    .float(4, 1.5)
    .string(5, 'é')
    .message(16, (inner) => inner.int(1, 0))
    .finish();
  expect(Buffer.from(bytes).toString('hex')).toBe(
    ['0801', '10ac02', '18ffffffffffffffffff01', '250000c03f', '2a02c3a9', '8201020800'].join(''),
  );
});

test('a graph with constants, attributes, several outputs and an absent optional input runs as written', async () => {
  const graph = new GraphBuilder('mixed');
  const x = graph.input('x', 'float32', ['n', 4]);
  const scale = graph.constant('scale', 'float32', [1], [3]);
  const [left, right] = graph.node('Split', [x], { attributes: { axis: 1, num_outputs: 2 } }, ['left', 'right']);
  const clipped = graph.node('Clip', [left!, none, graph.constant('top', 'float32', [], [2])]);
  const [y] = graph.node('Mul', [clipped, scale], {}, ['y']);
  const [leaky] = graph.node('LeakyRelu', [right!], { attributes: { alpha: float(0.5) } }, ['z']);
  graph.output(y!, 'float32', ['n', 2]);
  graph.output(leaky!, 'float32', ['n', 2]);
  using session = await Session.fromBytes(graph.finish());
  expect([...session.inputs.values()]).toEqual([{ name: 'x', type: 'float32', shape: ['n', 4] }]);
  const input = Tensor.over('float32', [1, 4], Float32Array.of(1, 5, -4, 6));
  const results = await session.run({ x: input }, { y: null, z: null });
  expect([...results.y.data]).toEqual([3, 6]);
  expect([...results.z.data]).toEqual([-2, 6]);
});

test('a node that reads what nothing makes, and a name used twice, are refused while the graph is built', () => {
  const graph = new GraphBuilder('wrong');
  const x = graph.input('x', 'float32', [1]);
  expect(() => graph.node('Add', [x, 'y' as typeof x])).toThrow('Add reads y, which nothing makes');
  expect(() => graph.input('x', 'float32', [1])).toThrow('two values of the graph are called x');
  expect(() => graph.weight('missing')).toThrow('the weight file has no missing');
});
