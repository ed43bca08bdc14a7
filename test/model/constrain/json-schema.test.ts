import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SchemaCompiler, type SchemaConstraint } from '../../../src/model/constrain/json-schema.ts';
import { SchemaError } from '../../../src/model/constrain/schema-check.ts';
import { argmax } from '../../../src/model/engine/sampling.ts';
import { readTokenizer, type Tokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { hasShared, SHARED } from '../qwen3-vl/conformance.ts';

const FOLDER = join(SHARED, 'models/lectern-slides-26m');
const VOCABULARY = 4096;
const STOP = 2050;

async function makeCompiler(): Promise<{ tokenizer: Tokenizer; compiler: SchemaCompiler }> {
  const tokenizer = await readTokenizer(FOLDER);
  const compiler = await SchemaCompiler.create({ tokenizer, vocabSize: VOCABULARY, stopTokenIds: [STOP, 2048] });
  return { tokenizer, compiler };
}

/** The first token of `text` that may not follow, as text; undefined where all may and the stop token too. */
async function firstRefused(
  constraint: SchemaConstraint,
  tokenizer: Tokenizer,
  text: string,
): Promise<string | undefined> {
  for (const id of tokenizer.encode(text)) {
    if (!constraint.mayFollow(id)) return tokenizer.decode([id], { keepSpecial: true });
    constraint.accept(id);
    await nextTurn();
  }
  return constraint.mayFollow(STOP) ? undefined : 'stop';
}

const events = {
  type: 'array',
  maxItems: 2,
  items: {
    type: 'object',
    properties: { start: { type: 'number' }, end: { type: 'number' }, title: { type: 'string', maxLength: 8 } },
    required: ['start', 'end', 'title'],
    additionalProperties: false,
  },
};

describe.skipIf(!hasShared)('SchemaCompiler', () => {
  it('lets a valid document through, token for token, and stops exactly at its end', async () => {
    const { tokenizer, compiler } = await makeCompiler();
    using constraint = await compiler.compile(events);
    for (const id of tokenizer.encode('[{"start":1.5,"end":2,"title":"Über"}, {"start":2,"end":3,"title":""}]')) {
      expect(constraint.mayFollow(STOP)).toBe(false);
      expect(constraint.mayFollow(id), tokenizer.decode([id])).toBe(true);
      constraint.accept(id);
      await nextTurn();
    }
    expect(constraint.mayFollow(STOP)).toBe(true);
    constraint.accept(STOP);
    expect(constraint.isComplete).toBe(true);
  });

  it('keeps no more than a few grammars, whatever is asked for, and serves those in use', async () => {
    const { tokenizer, compiler } = await makeCompiler();
    using first = await compiler.compile({ enum: ['first'] });
    for (let i = 0; i < 8; i++) {
      using constraint = await compiler.compile({ enum: [`word ${i}`] });
      expect(await firstRefused(constraint, tokenizer, `"word ${i}"`)).toBeUndefined();
    }
    expect(await firstRefused(first, tokenizer, '"first"')).toBeUndefined();
  });

  it('takes the next request after one that the library broke off at', async () => {
    const { tokenizer, compiler } = await makeCompiler();
    const broken = compiler.compile({ type: 'integer', minimum: 1.2, maximum: 1.8 });
    await expect(broken).rejects.toThrow(SchemaError);
    await expect(broken).rejects.toThrow(/refuses it: .*whole number$/);
    using constraint = await compiler.compile({ enum: ['next'] });
    expect(await firstRefused(constraint, tokenizer, '"next"')).toBeUndefined();
  });

  it('gives logits of what may not follow -Infinity and leaves the others', async () => {
    const { tokenizer, compiler } = await makeCompiler();
    using constraint = await compiler.compile({ type: 'boolean' });
    const logits = Float32Array.from({ length: VOCABULARY }, (_, id) => 1 + ((id * 7919) % 64));
    logits[5] = NaN;
    const best = constraint.best(logits);
    constraint.restrict(logits);
    expect(best).toBe(argmax(logits));
    logits.forEach((logit, id) => (logits[id] = logit > 0 ? 1 : logit));
    const allowed = [...logits.keys()].filter((id) => logits[id] === 1);
    expect(allowed.length).toBeGreaterThan(1);
    for (const id of allowed)
      expect(['true', 'false'].some((word) => word.startsWith(tokenizer.decode([id])))).toBe(true);
    expect(allowed).not.toContain(STOP);
  });

  it.each<[string, unknown, string, string | undefined]>([
    ['a property that is not there', events, '[{"begin', 'b'],
    ['a third of two items', { ...events, items: { type: 'integer' } }, '[1,2,3]', ','],
    ['a string of nine characters', { type: 'string', maxLength: 8 }, '"123456789"', '9'],
    ['text before JSON', { type: 'object' }, 'Sure', 'S'],
    ['an end too early', { type: 'object', required: ['a'], properties: { a: {} } }, '{}', '}'],
    ['a word outside an enum', { enum: ['yes', 'no'] }, '"maybe"', 'm'],
    ['a number below its minimum', { type: 'integer', minimum: 10, maximum: 20 }, '9', '9'],
    ['a fraction for an integer', { type: 'integer' }, '1.5', '.'],
    ['what a pattern excludes', { type: 'string', pattern: '^[a-c]+$' }, '"abd"', 'd'],
    ['a constant', { const: 'x' }, '"x"', undefined],
    ['either of two types', { anyOf: [{ type: 'null' }, { type: 'string' }] }, 'null', undefined],
    ['a list of types', { type: ['integer', 'null'] }, '12', undefined],
    [
      'a reference',
      { $ref: '#/$defs/n', $defs: { n: { type: 'array', items: { $ref: '#/$defs/n' } } } },
      '[[],[[]]]',
      undefined,
    ],
    [
      'fixed items',
      { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false },
      '[1,"a"]',
      undefined,
    ],
    ['an optional property', { type: 'object', properties: { a: { type: 'null' } } }, '{}', undefined],
    ['an indented document', events, '[\n  {\n    "start": 1,\n    "end": 2,\n    "title": "a b"\n  }\n]', undefined],
  ])('%s', async (_title, schema, text, refused) => {
    const { tokenizer, compiler } = await makeCompiler();
    using constraint = await compiler.compile(schema);
    const first = await firstRefused(constraint, tokenizer, text);
    if (refused === undefined) expect(first).toBeUndefined();
    else expect(first).toContain(refused);
  });

  it('never lets an added token into a string', async () => {
    const { tokenizer, compiler } = await makeCompiler();
    using constraint = await compiler.compile({ type: 'string' });
    expect(await firstRefused(constraint, tokenizer, '"a<|im_start|>')).toBe('<|im_start|>');
  });

  it('leads any choice of tokens to a document of the schema', async () => {
    const { tokenizer, compiler } = await makeCompiler();
    const schema = {
      type: 'object',
      properties: {
        ok: { type: 'boolean' },
        n: { type: 'integer', minimum: 0, maximum: 999 },
        tags: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 3 },
      },
      required: ['ok', 'n', 'tags'],
      additionalProperties: false,
    };
    let seed = 1;
    for (let round = 0; round < 20; round++) {
      using constraint = await compiler.compile(schema);
      const ids: number[] = [];
      while (!constraint.isComplete) {
        const allowed = Array.from({ length: VOCABULARY }, (_, id) => id).filter((id) => constraint.mayFollow(id));
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        const id = allowed[seed % allowed.length]!;
        ids.push(id);
        constraint.accept(id);
        await nextTurn();
      }
      const value = JSON.parse(tokenizer.decode(ids)) as { ok: unknown; n: number; tags: string[] };
      expect(Object.keys(value)).toEqual(['ok', 'n', 'tags']);
      expect(typeof value.ok).toBe('boolean');
      expect(Number.isInteger(value.n) && value.n >= 0 && value.n <= 999).toBe(true);
      expect(value.tags.length <= 3 && value.tags.every((tag) => tag === 'a' || tag === 'b')).toBe(true);
    }
  });
});
