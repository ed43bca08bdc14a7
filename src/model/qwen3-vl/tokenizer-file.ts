// tokenizer.json, or vocab.json with merges.txt and tokenizer_config.json, as one TokenizerDefinition. Only the pipeline
// that Qwen2 tokenisers use is accepted (NFC, one known split pattern, byte-level BPE without fallbacks): another pattern
// would tokenise almost rightly, which is worse than an error.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError } from './checkpoint-error.ts';
import { readJsonFile } from './json-file.ts';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Left out of decoded text; `<think>` and `<tool_call>` are added tokens that stay in. */
  readonly special: boolean;
}

export interface TokenizerDefinition {
  /** Token, spelled in the byte alphabet -> id. */
  readonly vocab: ReadonlyMap<string, number>;
  /** Pairs in the order they were learned. */
  readonly merges: readonly (readonly [string, string])[];
  readonly addedTokens: readonly AddedToken[];
  /** The end-of-turn token by tokenizer_config.json. */
  readonly eosToken?: string;
}

/** The split pattern of Qwen2, as tokenizer.json states it. */
export const QWEN2_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const unused = z.union([z.literal(false), z.null(), z.literal(''), z.literal(0)]).optional();
const plainAddedToken = z.looseObject({
  content: z.string().min(1),
  special: z.boolean().default(false),
  lstrip: unused,
  rstrip: unused,
  single_word: unused,
  normalized: unused,
});

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(plainAddedToken.extend({ id: z.int().nonnegative() })).default([]),
  normalizer: z.looseObject({ type: z.literal('NFC') }),
  pre_tokenizer: z.looseObject({
    type: z.literal('Sequence'),
    pretokenizers: z.tuple([
      z.looseObject({
        type: z.literal('Split'),
        pattern: z.looseObject({ Regex: z.literal(QWEN2_PATTERN) }),
        behavior: z.literal('Isolated'),
        invert: unused,
      }),
      z.looseObject({ type: z.literal('ByteLevel'), add_prefix_space: unused, use_regex: unused }),
    ]),
  }),
  model: z.looseObject({
    // Older files leave the type out.
    type: z.literal('BPE').optional(),
    dropout: unused,
    unk_token: unused,
    continuing_subword_prefix: unused,
    end_of_word_suffix: unused,
    byte_fallback: unused,
    ignore_merges: unused,
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

const tokenizerConfigSchema = z.looseObject({
  eos_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), plainAddedToken).optional(),
});

/** Throws CheckpointError: no tokenizer, or one of another kind. */
export async function readTokenizerDefinition(folder: string): Promise<TokenizerDefinition> {
  const configPath = join(folder, 'tokenizer_config.json');
  const config = await readJsonFile(configPath, tokenizerConfigSchema, 'CHECKPOINT_TOKENIZER');
  const eosToken = typeof config?.eos_token === 'string' ? config.eos_token : config?.eos_token?.content;
  const eos = eosToken === undefined ? {} : { eosToken };

  const path = join(folder, 'tokenizer.json');
  const file = await readJsonFile(path, tokenizerSchema, 'CHECKPOINT_TOKENIZER');
  if (file) {
    const merges = file.model.merges.map((merge) => (typeof merge === 'string' ? splitMerge(path, merge) : merge));
    return { vocab: new Map(Object.entries(file.model.vocab)), merges, addedTokens: file.added_tokens, ...eos };
  }
  const vocabPath = join(folder, 'vocab.json');
  const vocab = await readJsonFile(vocabPath, z.record(z.string(), z.int().nonnegative()), 'CHECKPOINT_TOKENIZER');
  if (!vocab) throw new CheckpointError('CHECKPOINT_TOKENIZER', folder, 'holds neither tokenizer.json nor vocab.json');
  const addedTokens = Object.entries(config?.added_tokens_decoder ?? {}).map(([id, token]) => ({
    id: Number(id),
    content: token.content,
    special: token.special,
  }));
  if (addedTokens.length === 0) {
    throw new CheckpointError('CHECKPOINT_TOKENIZER', configPath, 'is missing, or lists no added_tokens_decoder');
  }
  return { vocab: new Map(Object.entries(vocab)), merges: await readMerges(folder), addedTokens, ...eos };
}

async function readMerges(folder: string): Promise<[string, string][]> {
  const path = join(folder, 'merges.txt');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CheckpointError('CHECKPOINT_TOKENIZER', path, 'is missing beside vocab.json', error);
  }
  return text
    .split(/\r?\n/)
    .filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')))
    .map((line) => splitMerge(path, line));
}

function splitMerge(path: string, merge: string): [string, string] {
  const [left, right, ...rest] = merge.split(' ');
  if (!left || !right || rest.length > 0) {
    throw new CheckpointError('CHECKPOINT_TOKENIZER', path, `lists the merge ${JSON.stringify(merge)}, not a pair`);
  }
  return [left, right];
}
