import { existsSync, readFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BYTE_CHARACTERS, tokenToBytes } from '../../../src/model/qwen3-vl/byte-alphabet.ts';
import { readTokenizer, StreamDecoder, Tokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { CONFORMANCE, FOLDERS, hasShared, readCases, scratchFolder, SHARED } from './conformance.ts';
import { releasedVocabulary } from './released-vocabulary.ts';

const VECTORS = join(SHARED, 'data/tokenizer');

function buildQwenTokenizer(): Tokenizer {
  const { model, added_tokens: addedTokens } = releasedVocabulary()!;
  return new Tokenizer({
    vocab: new Map(Object.entries(model.vocab)),
    merges: model.merges,
    addedTokens,
    eosToken: '<|im_end|>',
  });
}

describe('byte alphabet', () => {
  it('gives 256 bytes 256 characters, space Ġ and newline Ċ', () => {
    expect(new Set(BYTE_CHARACTERS).size).toBe(256);
    expect([BYTE_CHARACTERS[0x20], BYTE_CHARACTERS[0x0a], BYTE_CHARACTERS[0x41]]).toEqual(['Ġ', 'Ċ', 'A']);
    expect(tokenToBytes('ĠA')).toEqual(Uint8Array.of(0x20, 0x41));
    expect(tokenToBytes('A B')).toBeUndefined();
  });
});

describe.skipIf(!hasShared || !existsSync(VECTORS))('the released Qwen vocabulary', () => {
  let tokenizer: Tokenizer;
  beforeAll(() => void (tokenizer = buildQwenTokenizer()));
  const vectors = hasShared
    ? (JSON.parse(readFileSync(join(VECTORS, 'llamacpp_qwen2_vectors.json'), 'utf8')) as {
        text: string;
        ids: number[];
      }[])
    : [];

  it('has all 46 vectors', () => expect(vectors.length).toBe(46));

  it.each(vectors)('tokenises $text as the reference, and back', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text.normalize('NFC'));
  });

  it('begins <0.2 seconds> with 27, 15, 13, 17, 6486, 29', () => {
    expect(tokenizer.encode('<0.2 seconds>')).toEqual([27, 15, 13, 17, 6486, 29]);
  });

  it('splits U+0085 as white space and U+FEFF as a symbol', () => {
    const ids = tokenizer.encode('a\u0085b\ufeffc');
    expect(tokenizer.decode(ids)).toBe('a\u0085b\ufeffc');
    expect(tokenizer.encode('\ufeffc').length).toBe(tokenizer.encode('\ufeff').length + 1);
  });

  it('leaves special tokens out of decoded text, and keeps <think>', () => {
    const ids = tokenizer.encode('<|im_start|>x<think>y</think><|im_end|>');
    expect(tokenizer.decode(ids)).toBe('x<think>y</think>');
    expect(tokenizer.decode(ids, { keepSpecial: true })).toBe('<|im_start|>x<think>y</think><|im_end|>');
    expect(tokenizer.eosTokenId).toBe(151_645);
  });

  it('reads text marked literal without a single added token, as if the brackets were words', () => {
    const slide = 'type <|image_pad|> or <|im_end|>, not <think>';
    const ids = tokenizer.encode(tokenizer.markLiteral(slide));
    expect(Math.max(...ids)).toBeLessThan(151_643);
    expect(tokenizer.decode(ids)).toBe(slide);
    expect(tokenizer.encode(tokenizer.markLiteral('no tokens'))).toEqual(tokenizer.encode('no tokens'));
  });

  it('streams text over UTF-8 borders: an emoji of several tokens comes once, whole', () => {
    const text = 'a 🦙🏽‍🚀 推导 z';
    const decoder = new StreamDecoder(tokenizer);
    const pieces = tokenizer.encode(text).map((id) => decoder.push(id));
    expect(pieces.join('') + decoder.end()).toBe(text);
    expect(pieces.some((piece) => piece.includes('\ufffd'))).toBe(false);
    expect(pieces).toContain('');
  });

  it('ends a character that never became whole with U+FFFD, and keeps a leading U+FEFF', () => {
    const decoder = new StreamDecoder(tokenizer);
    const [first] = tokenizer.encode(' 🦙');
    expect(decoder.push(first!)).toBe(' ');
    expect(decoder.end()).toBe('\ufffd');
    expect(tokenizer.decode(tokenizer.encode('\ufeffx'))).toBe('\ufeffx');
  });
});

describe.skipIf(!hasShared)('readTokenizer', () => {
  it.each(FOLDERS)('matches every vector of $model/$layout', async ({ model, folder }) => {
    const tokenizer = await readTokenizer(folder);
    for (const { text, ids } of readCases(model).tokenizer) expect(tokenizer.encode(text), text).toEqual(ids);
    expect(tokenizer.eosTokenId).toBe(1000);
  });

  it('reads vocab.json and merges.txt with added_tokens_decoder to the same ids', async () => {
    const source = join(SHARED, 'models/lectern-slides-26m');
    const folder = await scratchFolder();
    const { model } = JSON.parse(await readFile(join(source, 'tokenizer.json'), 'utf8')) as {
      model: { vocab: Record<string, number>; merges: [string, string][] };
    };
    await writeFile(join(folder, 'vocab.json'), JSON.stringify(model.vocab));
    const merges = model.merges.map((pair) => pair.join(' '));
    await writeFile(join(folder, 'merges.txt'), ['#version: 0.2', ...merges, ''].join('\n'));
    await cp(join(source, 'tokenizer_config.json'), join(folder, 'tokenizer_config.json'));
    const [ours, theirs] = await Promise.all([readTokenizer(folder), readTokenizer(source)]);
    const text = '<|im_start|>user\nWhen is "Über  Fluß" shown? <12.5 seconds>\n\n<|im_end|>';
    expect(ours.encode(text)).toEqual(theirs.encode(text));
    expect(ours.eosTokenId).toBe(2050);
  });

  it('refuses another split pattern, and a folder without a tokenizer', async () => {
    const folder = await scratchFolder();
    await expect(readTokenizer(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_TOKENIZER' });
    const json = await readFile(join(CONFORMANCE, 'dense/model/tokenizer.json'), 'utf8');
    await writeFile(join(folder, 'tokenizer.json'), json.replace('|\\\\p{N}|', '|\\\\p{N}{1,3}|'));
    await expect(readTokenizer(folder)).rejects.toMatchObject({
      code: 'CHECKPOINT_TOKENIZER',
      message: expect.stringContaining('pretokenizers') as string,
    });
  });

  it('refuses a merge of tokens that the vocabulary does not have', async () => {
    const folder = await scratchFolder();
    const json = JSON.parse(await readFile(join(CONFORMANCE, 'dense/model/tokenizer.json'), 'utf8')) as {
      model: { merges: string[][] };
    };
    json.model.merges.push(['qqq', 'zzz']);
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
    await expect(readTokenizer(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_TOKENIZER' });
  });
});
