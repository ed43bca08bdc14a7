// Which model takes which kind of request, from what models are and the memory they may take.
import { describe, expect, it } from 'vitest';
import { chooseByRule } from '../../pipelines/model-rules.ts';
import { configOf, readCards, type ModelCard } from '../../src/model/cards.ts';
import type { InstalledModel } from '../../src/model/installed-models.ts';
import type { ModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';

const cards = await readCards();

/** As it would be installed in int4; the rules look at shapes and sizes alone. */
function installed(name: string, addedAt: string, own: Partial<InstalledModel> = {}): InstalledModel {
  const card: ModelCard = cards.find((one) => one.name === name)!;
  const byteLength = card.costs.weightBytes.int4;
  const model: ModelFolder = {
    folder: `/models/${name}`,
    config: configOf(card.shapes),
    format: 'int4',
    weightsSha256: name,
    weights: new Map([['all', { type: 'uint8', shape: [byteLength], offset: 0, byteLength }]]),
  };
  const isShipped = card.repository === undefined;
  const origin = { origin: { from: name, addedAt } };
  return {
    name,
    family: 'qwen3-vl',
    kind: 'chat',
    weights: 'int4',
    bytes: byteLength,
    isShipped,
    ...(!isShipped && origin),
    model,
    ...own,
  };
}

const box = installed('lectern-slides-26m', '');
const small = installed('qwen3-vl-2b-instruct', '2026-01-01');
const middle = installed('qwen3-vl-8b-instruct', '2026-03-01');
const sparse = installed('qwen3-vl-30b-a3b-instruct', '2026-02-01');

function namesWith(gigabytes: number, models: readonly InstalledModel[]) {
  const choices = chooseByRule(models, () => ({ bytes: gigabytes * 1e9, isCard: false }));
  return [choices.interactive, choices.batch, choices.longDocument].map(({ installed }) => installed.name);
}

describe('the rules', () => {
  it('one model takes everything, and no memory is asked for; the one in the box where there is no other', () => {
    const unasked = () => expect.unreachable('nothing to choose');
    for (const [models, name, reason] of [
      [[box], box.name, 'the one in the box'],
      [[box, middle], middle.name, 'the only one added'],
    ] as const) {
      const choices = chooseByRule(models, unasked);
      for (const choice of Object.values(choices)) expect(choice).toMatchObject({ installed: { name }, reason });
    }
  });

  it('a small dense model answers, a mixture of experts that fits describes, the longest context takes long documents', () => {
    expect(namesWith(200, [box, small, middle, sparse])).toEqual([small.name, sparse.name, sparse.name]);
  });

  it('where the mixture of experts does not fit, the one added last that does', () => {
    expect(namesWith(24, [box, small, middle, sparse])).toEqual([small.name, middle.name, expect.any(String)]);
    expect(namesWith(14, [small, middle])).toEqual([small.name, small.name, small.name]);
  });

  it('where memory is short, the longest context is that of the model which leaves most room', () => {
    expect(namesWith(40, [small, middle])[2]).toBe(small.name);
  });

  it('where nothing fits, the smallest, which is refused later with its numbers', () => {
    expect(namesWith(0.5, [small, middle, sparse])).toEqual([small.name, small.name, small.name]);
  });

  it('models for vectors and scores take no request', () => {
    const other = installed('qwen3-vl-2b-thinking', '2026-09-01', { kind: 'embedding' });
    expect(namesWith(200, [middle, other])).toEqual([middle.name, middle.name, middle.name]);
  });
});
