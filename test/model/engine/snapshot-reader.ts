// Run as a process of its own: answers a conformance case from a snapshot that another process wrote, and prints what it got.
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { generate } from '../../../src/model/engine/generate.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import { SnapshotStore } from '../../../src/model/engine/snapshot-store.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { openModelFolder } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import { promptOf, readCase, type Kind } from './conformance.ts';

const [modelFolder, folder, kind, name] = process.argv.slice(2) as [string, string, Kind, string];
const model = await openModelFolder(modelFolder);
using decoder = await Decoder.load(model);
using vision = await VisionTower.load(model);
const prompt = promptOf(readCase(kind, name), vision);
// Pictures inside the stored prefix must not be encoded again.
const groups = prompt.groups.map((group) => ({ ...group, encode: () => Promise.reject(new Error('encoded again')) }));
const snapshots = new SnapshotStore({ folder, maxBytes: 2 ** 30, format: 'fp', modelKey: 'test' });

const found = await snapshots.longestPrefix(prompt);
using sequence = (await snapshots.load(found!.prefixHash, decoder))!;
const logits = await prefill(decoder, sequence, { ...prompt, groups }, { chunkTokens: 512 });

using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30, snapshots });
const iterator = generate(
  decoder,
  prefixes,
  { ...prompt, groups },
  { maxTokens: 24, stopTokenIds: [], chunkTokens: 512 },
);
const tokens: number[] = [];
let step = await iterator.next();
for (; !step.done; step = await iterator.next()) tokens.push(step.value);
console.log(JSON.stringify({ cachedTokens: step.value.cachedTokens, tokens, logits: [...logits] }));
