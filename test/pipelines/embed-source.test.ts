// Places of a source to vectors, through a reference checkpoint with random weights: what is made, kept, resumed and compared.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path, { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedder } from '../../pipelines/embed-models.ts';
import { placesToEmbed } from '../../pipelines/embed-places.ts';
import { embedSource } from '../../pipelines/embed-source.ts';
import { InstalledModels, type InstalledModel } from '../../src/model/installed-models.ts';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import type { Representable } from '../../src/model/embed/represent.ts';
import type { Library } from '../../src/store/library.ts';
import { repository } from '../helpers/lectern.ts';
import { CONFORMANCE, hasShared } from '../model/qwen3-vl/conformance.ts';
import type { Event } from '../../src/events/event.ts';
import { contentOf, sourceOf, temporaryLibrary } from '../store/fixture.ts';

class CountingEmbedder extends Embedder {
  readonly seen: (string | undefined)[] = [];
  readonly pictures: Representable['images'][] = [];
  isOnGpu = false;

  override embedPlace(place: Representable, signal?: AbortSignal): Promise<Float32Array> {
    this.seen.push(place.text?.split('\n')[0]);
    this.pictures.push(place.images);
    return super.embedPlace(place, signal);
  }

  override seesCheaply(): Promise<boolean> {
    return this.isOnGpu ? Promise.resolve(true) : super.seesCheaply();
  }
}

const eventOf = (changes: Partial<Event>): Event => ({
  place: { kind: 'time', startMs: 0, endMs: 1000 },
  ...{ title: '', summary: '', evidence: [], engine: 'reader', status: 'complete', ...changes },
});
const eventAt = (second: number, title: string) =>
  eventOf({ place: { kind: 'time', startMs: second * 1000, endMs: (second + 10) * 1000 }, title });
const source = sourceOf('talk');
const content = contentOf({ events: [eventAt(0, 'One'), eventAt(10, 'Two'), eventAt(20, 'Three')] });

describe('placesToEmbed', () => {
  it('shows a model what is said and shown in an event, and its still; of a document its pages and no run of them', () => {
    const page = {
      pageIndex: 4,
      label: null,
      text: 'Axes are drawn.',
      headings: [],
      links: [],
      textSource: 'text' as const,
    };
    const places = placesToEmbed({
      events: [
        eventOf({
          place: { kind: 'time', startMs: 1000, endMs: 5000 },
          title: 'Rule',
          summary: 'She derives it.',
          evidence: [{ kind: 'slide', slideIndex: 0, stateIndex: 0, text: 'w - eta' }],
        }),
        eventOf({ place: { kind: 'pages', pageIndex: 4, endPageIndex: 6 }, title: 'Axes' }),
      ],
      captions: {
        origin: { kind: 'file', path: '/a.vtt' },
        lang: 'en',
        cues: [
          { startMs: 0, endMs: 900, text: 'before' },
          { startMs: 900, endMs: 2000, text: 'the step' },
        ],
      },
      slides: [{ slideIndex: 0, stateIndex: 0, spans: [{ startMs: 1000, endMs: 5000 }], stillMs: 4500 }],
      pages: [page, { ...page, pageIndex: 5, text: '  ' }],
    });
    expect(places).toEqual([
      { startMs: null, endMs: null, pageIndex: 4, text: 'Axes are drawn.', stillMs: undefined },
      { startMs: 1000, endMs: 5000, pageIndex: null, text: 'Rule\nShe derives it.\nw - eta\nthe step', stillMs: 4500 },
    ]);
  });
});

describe.skipIf(!hasShared)('embedSource', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-test-'));
  let installed: InstalledModel;
  beforeAll(async () => {
    const models = new InstalledModels([folder]);
    await addModel(join(CONFORMANCE, 'dense/model'), models.folderFor('vectors'), 'fp32', { kind: 'embedding' });
    installed = await models.find('vectors');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const opened = () => new CountingEmbedder(installed, { device: 'cpu' });
  const embed = (library: Library, embedder: Embedder, signal = new AbortController().signal) =>
    embedSource(source, { library, embedder, signal });

  it('gives every event its vector once, and has nothing to do the next time', async () => {
    await using stored = await temporaryLibrary();
    await using embedder = opened();
    const { library } = stored;
    await library.saveSource(source, content);
    expect(await embed(library, embedder)).toBe(true);
    expect(embedder.seen).toEqual(['One', 'Two', 'Three']);
    expect(await embed(library, embedder)).toBe(false);
    expect(embedder.model).toMatchObject({ name: 'vectors', dimensions: 64 });
    const own = await embedder.embedPlace({ text: placesToEmbed(content)[1]!.text });
    const [nearest] = await library.nearestPlaces(embedder.model, own, { limit: 1 });
    expect(nearest).toMatchObject({ sourceId: source.id, startMs: 10_000 });
    expect(nearest!.similarity).toBeGreaterThan(0.999);
  });

  it('goes on where it was interrupted, with what it would have had, and saves nothing before', async () => {
    await using stored = await temporaryLibrary();
    const { library } = stored;
    await library.saveSource(source, content);
    await using first = opened();
    const interrupt = new AbortController();
    const onProgress = (done: number) => done === 2 && interrupt.abort();
    const run = embedSource(source, { library, embedder: first, signal: interrupt.signal, onProgress });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(await library.hasVectors(source.id, first.model)).toBe(false);
    await using second = opened();
    await embed(library, second);
    expect(second.seen).toEqual(['Three']);
  });

  it('pays for the places that changed when a source is described anew', async () => {
    await using stored = await temporaryLibrary();
    const { library } = stored;
    await library.saveSource(source, content);
    await using embedder = opened();
    await embed(library, embedder);
    await library.saveSource(source, { ...content, events: [...content.events.slice(0, 2), eventAt(20, 'Other')] });
    expect(await embed(library, embedder)).toBe(true);
    expect(embedder.seen).toEqual(['One', 'Two', 'Three', 'Other']);
  });

  it('shows the still of an event’s slide too where pictures cost little, and none on a CPU', async () => {
    const lecture = path.join(repository, 'data/lectures/gradient-descent.mp4');
    const video = { width: 1280, height: 720, fps: 25, frames: 20, slides: 1 };
    const slide = { slideIndex: 0, stateIndex: 0, spans: [{ startMs: 0, endMs: 10_000 }], stillMs: 4000 };
    for (const isOnGpu of [true, false]) {
      await using stored = await temporaryLibrary();
      await using embedder = opened();
      embedder.isOnGpu = isOnGpu;
      const { library } = stored;
      await library.saveSource({ ...source, path: lecture, video }, { ...content, slides: [slide] });
      const record = (await library.findSource(source.id))!;
      await embedSource(record, { library, embedder, signal: new AbortController().signal });
      const [first, ...others] = embedder.pictures;
      expect(others).toEqual([undefined, undefined]);
      // 1280 x 720 within 448 x 448 pixels.
      if (isOnGpu) expect(first).toMatchObject([{ width: 597, height: 336 }]);
      else expect(first).toBeUndefined();
    }
  });
});
