// Run as a process of its own: writes a snapshot and is killed in the middle of it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { Sequence } from '../../../src/model/engine/sequence.ts';
import { writeSnapshot } from '../../../src/model/engine/snapshot.ts';
import { openModelFolder } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';

const [modelFolder, folder] = process.argv.slice(2) as [string, string];
mkdirSync(folder, { recursive: true });
const decoder = await Decoder.load(await openModelFolder(modelFolder));
const sequence = new Sequence(decoder.newCache());
const tokenIds = Int32Array.from({ length: 64 }, (_, i) => i);
const positions = Int32Array.from({ length: 3 * 64 }, (_, i) => i % 64);
await decoder.forward(sequence.cache, { tokenIds, positions, logitRows: [63] });
for (const id of tokenIds) sequence.push(id, id, id, id);
const { cache } = sequence;
let shown = 0;
const show = cache.show.bind(cache);
cache.show = async (...args) => {
  if (++shown === 3) process.kill(process.pid, 'SIGKILL');
  await show(...args);
};
await writeSnapshot(join(folder, `${'a'.repeat(64)}.kv`), sequence, 64, {
  modelKey: 'test',
  prefixHash: 'prefix',
  nextPosition: 64,
  format: 'fp',
});
