// Vectors in a library: nearest first, within a filter, of one model only, gone with their source.
import { describe, expect, it } from 'vitest';
import type { Library, PlacedVector, VectorModel } from '../../src/store/library.ts';
import { contentOf, sourceOf, temporaryLibrary } from './fixture.ts';

const model: VectorModel = { name: 'tiny', identity: 'aa', dimensions: 64, version: 1 };

/** Length 1, towards `angle` in the plane of two dimensions that stand for all even and all odd ones. */
function towards(angle: number): Float32Array {
  return Float32Array.from({ length: 64 }, (_, i) => (i % 2 ? Math.sin(angle) : Math.cos(angle)) / Math.sqrt(32));
}

const at = (second: number, angle: number): PlacedVector => ({
  startMs: second * 1000,
  endMs: (second + 1) * 1000,
  pageIndex: null,
  vector: towards(angle),
});
const page = (pageIndex: number, angle: number): PlacedVector => ({
  startMs: null,
  endMs: null,
  pageIndex,
  vector: towards(angle),
});

const talk = sourceOf('talk');
const manual = sourceOf('manual', { kind: 'document', path: '/manual.pdf' });

async function fill(library: Library): Promise<void> {
  await library.saveSource(talk, contentOf());
  await library.saveSource(manual, contentOf());
  await library.saveVectors(talk.id, model, [at(0, 0.1), at(1, 1.2)]);
  await library.saveVectors(manual.id, model, [page(3, 0.2), page(4, 2.9)]);
}

const found = async (library: Library, angle: number, filter = {}) =>
  (await library.nearestPlaces(model, towards(angle), { limit: 3, ...filter })).map(
    ({ sourceId, startMs, pageIndex, similarity }) => [
      sourceId === talk.id ? (startMs ?? 0) / 1000 : `p${pageIndex}`,
      Number(similarity.toFixed(2)),
    ],
  );

describe('vectors of a library', () => {
  it('come nearest first, with the cosine of the angle, as many as asked for', async () => {
    await using opened = await temporaryLibrary();
    await fill(opened.library);
    expect(await found(opened.library, 0)).toEqual([
      [0, 0.99],
      ['p3', 0.98],
      [1, 0.36],
    ]);
    expect(await found(opened.library, 2.9, { limit: 1 })).toEqual([['p4', 1]]);
  });

  it('are looked for in the sources and the kind of source that are asked for', async () => {
    await using opened = await temporaryLibrary();
    await fill(opened.library);
    expect((await found(opened.library, 0, { sourceKind: 'document' })).map(([place]) => place)).toEqual(['p3', 'p4']);
    expect((await found(opened.library, 0, { sourceIds: [talk.id] })).map(([place]) => place)).toEqual([0, 1]);
    expect(await found(opened.library, 0, { sourceIds: ['ffff'] })).toEqual([]);
  });

  it('of another model, another length or another version are never compared, and replace those of before', async () => {
    await using opened = await temporaryLibrary();
    const { library } = opened;
    await fill(library);
    for (const other of [{ identity: 'bb' }, { dimensions: 32 }, { version: 2 }]) {
      const changed = { ...model, ...other };
      expect(await library.hasVectors(talk.id, changed)).toBe(false);
      expect(await library.nearestPlaces(changed, towards(0).subarray(0, changed.dimensions), { limit: 9 })).toEqual(
        [],
      );
    }
    const renamed = { ...model, name: 'other', identity: 'bb' };
    await library.saveVectors(talk.id, renamed, [at(5, 0)]);
    expect(await library.countVectors()).toEqual([
      { identity: 'bb', sources: 1 },
      { identity: 'aa', sources: 1 },
    ]);
    expect((await found(library, 0)).map(([place]) => place)).toEqual(['p3', 'p4']);
    expect((await library.nearestPlaces(renamed, towards(0), { limit: 9 })).map(({ startMs }) => startMs)).toEqual([
      5000,
    ]);
  });

  it('go with their source, and when it is written anew', async () => {
    await using opened = await temporaryLibrary();
    const { library } = opened;
    await fill(library);
    expect(await library.hasVectors(talk.id, model)).toBe(true);
    await library.saveSource(talk, contentOf());
    expect(await library.hasVectors(talk.id, model)).toBe(false);
    await library.removeSource(manual.id);
    expect(await found(library, 0)).toEqual([]);
    await library.saveVectors(manual.id, model, [page(0, 0)]);
    expect(await library.countVectors()).toEqual([]);
  });
});
