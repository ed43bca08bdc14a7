// The released Qwen vocabulary from the tiktoken ranks of the shared material, as a tokenizer.json holds it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BYTE_CHARACTERS } from '../../../src/model/qwen3-vl/byte-alphabet.ts';
import { QWEN2_PATTERN } from '../../../src/model/qwen3-vl/tokenizer-file.ts';
import { SHARED } from './conformance.ts';

const MATERIAL = join(SHARED, 'data/tokenizer');
/** Added tokens below this id are not text: they are left out of what a model says. */
const FIRST_PLAIN_TOKEN = 151_657;

/** undefined where the material is absent. */
export function releasedVocabulary() {
  if (!existsSync(MATERIAL)) return undefined;
  const vocab: Record<string, number> = {};
  const ranks = new Map<string, number>();
  const merges: [string, string][] = [];
  for (const line of readFileSync(join(MATERIAL, 'qwen.tiktoken'), 'latin1').trim().split('\n')) {
    const [base64, rank] = line.split(' ') as [string, string];
    const token = Array.from(Buffer.from(base64, 'base64'), (byte) => BYTE_CHARACTERS[byte]!).join('');
    if (token.length > 1) merges.push(lastMerge(token, ranks));
    ranks.set(token, Number(rank));
    vocab[token] = Number(rank);
  }
  const special = (
    JSON.parse(readFileSync(join(MATERIAL, 'special_tokens.json'), 'utf8')) as {
      special_tokens: Record<string, number>;
    }
  ).special_tokens;
  return {
    normalizer: { type: 'NFC' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: QWEN2_PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    model: { type: 'BPE', vocab, merges },
    added_tokens: Object.entries(special).map(([content, id]) => ({ id, content, special: id < FIRST_PLAIN_TOKEN })),
  };
}

/** The two parts a token was merged from: what is left when all merges of lower rank are made. */
function lastMerge(token: string, ranks: ReadonlyMap<string, number>): [string, string] {
  const parts = [...token];
  while (parts.length > 2) {
    let best = 0;
    const rankAt = (i: number) => ranks.get(parts[i]! + parts[i + 1]!) ?? Infinity;
    for (let i = 1; i + 1 < parts.length; i++) if (rankAt(i) < rankAt(best)) best = i;
    parts.splice(best, 2, parts[best]! + parts[best + 1]!);
  }
  return [parts[0]!, parts[1]!];
}
