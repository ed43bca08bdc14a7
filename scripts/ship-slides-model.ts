// Makes models/lectern-slides-26m, the model in the box, from its checkpoint: int4 weights and the small files, beside the card.
// `node scripts/ship-slides-model.ts CHECKPOINT_FOLDER`
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CARDS_FOLDER } from '../src/model/cards.ts';
import { addModel } from '../src/model/qwen3-vl/add-model.ts';

const [checkpointFolder] = process.argv.slice(2);
if (!checkpointFolder) throw new Error('usage: node scripts/ship-slides-model.ts CHECKPOINT_FOLDER');
const target = join(CARDS_FOLDER, 'lectern-slides-26m');
const card = join(CARDS_FOLDER, 'lectern-slides-26m.card.json');
await copyFile(join(target, 'card.json'), card);
const { weightsSha256 } = await addModel(checkpointFolder, target, 'int4');
await copyFile(card, join(target, 'card.json'));
await rm(card);
console.log(`${target}: weights ${weightsSha256}`);
