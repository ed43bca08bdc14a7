// Documents by a model, from the file to events: a server that reads requests as strictly as vLLM does, and a checkpoint with random
// weights, whose answers mean nothing and are held to the schema all the same.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describePages } from '../../pipelines/describe-pages.ts';
import type { SourceMaterial } from '../../pipelines/engine.ts';
import { openModels, type OpenedModel } from '../../pipelines/open-model.ts';
import { planDocument } from '../../pipelines/page-plan.ts';
import { resolveConfig } from '../../src/config.ts';
import { readDocument } from '../../src/ingest/document/read-document.ts';
import type { Library } from '../../src/store/library.ts';
import { makePdf, type MadePage } from '../ingest/document/make-pdf.ts';
import { hasShared } from '../model/qwen3-vl/conformance.ts';
import { startServer } from '../model/remote/requests.ts';
import type { ModelServerOptions } from '../model/remote/model-server.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { addRandomModel } from '../helpers/random-model.ts';
import { makeLibrary } from '../query/library-fixture.ts';

const section = (title: string, ...lines: readonly string[]): MadePage => ({
  texts: [[72, 60, title, 'B16'], ...lines.map((line, i) => [72, 100 + 14 * i, line] as const)],
});
const SCAN: MadePage = { texts: [], drawing: '100 300 200 200 re f' };

const PAGES = [
  section('Starting', 'Turn the key to start the pump.', 'Wait until the lamp is green.'),
  section('Stopping', 'The red button stops the pump at once.', 'Nothing else does.'),
  SCAN,
  section('Care', 'Clean the filter with cold water every thirty days.', 'Dry it well.'),
];

async function materialOf(pages: readonly MadePage[], titles: readonly string[]): Promise<SourceMaterial> {
  const file = path.join(temporaryFolder('pages'), 'manual.pdf');
  const outline = titles.map((title) => [title, pages.findIndex((page) => page.texts[0]?.[2] === title)] as const);
  writeFileSync(file, makePdf({ pages, outline }));
  const read = await readDocument(file, { ocr: 'off', getOcr: () => Promise.reject(new Error('no OCR here')) });
  return {
    kind: 'document',
    ...{ durationMs: null, captions: null, slides: [], slideTexts: [] },
    pages: read.pages,
    document: read.info,
    paper: { path: file },
    title: 'The pump',
  };
}

let read: Promise<SourceMaterial> | undefined;
const manual = () => (read ??= materialOf(PAGES, ['Starting', 'Stopping', 'Care']));

async function onServer(options: ModelServerOptions = {}) {
  const server = await startServer(options);
  const config = resolveConfig({ engine: 'openai', serverUrl: server.url }, { env: {} });
  const { batch: opened } = await openModels(config);
  // Those by which it was probed.
  server.chats.length = 0;
  return { server, opened };
}

async function run(material: SourceMaterial, opened: OpenedModel, library: Library, signal?: AbortSignal) {
  const warnings: string[] = [];
  const described = await describePages(material, opened, {
    library,
    contentHash: '0'.repeat(64),
    signal: signal ?? new AbortController().signal,
    onProgress: () => {},
    warn: (message) => warnings.push(message),
  });
  return { ...described, warnings };
}

const entry = (page: number, title: string, quote: string) => ({ page, lastPage: page, title, summary: 'S.', quote });
const GOOD = [
  entry(1, 'Starting', 'Turn the key to start the pump.'),
  entry(2, 'Stopping', 'The red button stops the pump at once.'),
  entry(3, 'A black box', ''),
  entry(4, 'Care', 'Clean the filter with cold water every thirty days.'),
];

describe('a document by a server’s model', () => {
  it('is shown page by page, scans as pictures, and becomes events with quotes that stand on their pages', async () => {
    await using fixture = await makeLibrary();
    const { server, opened } = await onServer();
    server.pieces = [JSON.stringify({ events: GOOD })];
    const { events, chapters, warnings } = await run(await manual(), opened, fixture.library);
    expect(warnings).toEqual([]);
    expect(events.map(({ place, title, status }) => [place, title, status])).toEqual(
      GOOD.map(({ page, title }) => [{ kind: 'pages', pageIndex: page - 1, endPageIndex: page }, title, 'complete']),
    );
    expect(events[1]!.evidence).toEqual([
      { kind: 'page', pageIndex: 1, text: 'The red button stops the pump at once.' },
    ]);
    expect(chapters.map(({ title }) => title)).toEqual(['Starting', 'Stopping', 'Care']);

    const [system, before, picture, after] = server.prompts[0]!.seen;
    expect(system).toContain('You index manuals');
    expect(before).toMatch(/^\[page 1\]\nStarting[^]*\[page 2\]\nStopping[^]*\[page 3\]\n\s*$/);
    // Letter upright within the pixels of 736 x 1024, in whole tokens.
    expect(picture).toEqual({ image: '736x960' });
    expect(after).toMatch(/\[page 4\]\nCare[^]*- page 4: Care\n/);
    const schema = server.chats[0]!.response_format!.json_schema!.schema;
    expect(schema).toMatchObject({
      properties: { events: { items: { properties: { page: { type: 'integer' } } } } },
    });
  });

  it('is planned at no fewer tokens than the server counts, and blank pages are shown to nobody', async () => {
    await using fixture = await makeLibrary();
    const { server, opened } = await onServer();
    server.pieces = ['{"events": []}'];
    const material = await manual();
    const { windows } = await planDocument(material, opened);
    await run(material, opened, fixture.library);
    expect(server.prompts[0]!.numTokens).toBeLessThanOrEqual(windows[0]!.numTokens);
    expect(server.prompts[0]!.numTokens).toBeGreaterThan(0.6 * windows[0]!.numTokens);

    const { events, warnings } = await run(await materialOf([{ texts: [] }], []), opened, fixture.library);
    expect([events, warnings]).toEqual([[], []]);
    expect(server.chats).toHaveLength(1);
  });

  it('is shown as text alone to a model that sees nothing, with a word about it', async () => {
    await using fixture = await makeLibrary();
    const { server, opened } = await onServer({ imagesAllowed: 0 });
    server.pieces = [JSON.stringify({ events: GOOD.slice(0, 2) })];
    const { events, warnings } = await run(await manual(), opened, fixture.library);
    expect(warnings).toEqual([expect.stringContaining('takes no pictures')]);
    expect(server.prompts[0]!.seen.every((one) => typeof one === 'string')).toBe(true);
    // The page that the model passed over is the reader's.
    expect(events.map(({ engine }) => engine)).toEqual([opened.chat.name, opened.chat.name, 'reader']);
    expect(events[2]).toMatchObject({ title: 'Care', status: 'complete' });
  });

  it('keeps what is wrong in an answer, marked: a page outside, a quote of nobody, a text that breaks off', async () => {
    await using fixture = await makeLibrary();
    const { server, opened } = await onServer();
    const odd = [entry(12, 'Far away', 'Pumps like warm water.'), entry(2, 'Stopping', 'Call a priest.')];
    server.pieces = [JSON.stringify({ events: odd }).slice(0, -4)];
    const { events, warnings } = await run(await manual(), opened, fixture.library);
    expect(warnings).toEqual(['Pages 1-4: the answer is not whole JSON; 2 entries were kept.']);
    const told = events.filter(({ engine }) => engine === opened.chat.name);
    expect(told.map(({ status, note }) => [status, note])).toEqual([
      ['partial', expect.stringContaining('page 12 lies outside the window')],
      ['partial', expect.stringContaining('"Call a priest')],
    ]);
    const others = events.filter(({ engine }) => engine === 'reader');
    expect(others.map(({ title, note }) => [title, note])).toEqual([
      ['Care', expect.stringContaining('described by the reader: the answer is not whole JSON')],
    ]);
  });

  it('goes on after a failure with the windows that are missing, and asks none twice', async () => {
    await using fixture = await makeLibrary();
    const { server, opened } = await onServer({ maxModelLen: 4096 });
    const words = 'Every valve of the pump is opened and closed by hand once a month without force. ';
    const lines = Array.from({ length: 40 }, (_, i) => `${words}${i}`);
    const titles = ['One', 'Two', 'Three', 'Four', 'Five'];
    const material = await materialOf(
      titles.map((title) => section(title, ...lines)),
      titles,
    );
    server.pieces = [JSON.stringify({ events: titles.map((title, i) => entry(i + 1, title, '')) })];
    const body = JSON.stringify({ error: { message: 'not now' } });
    server.mishaps.push({ kind: 'status', status: 403, body });
    const first = await run(material, opened, fixture.library);
    const numWindows = server.chats.length;
    expect(numWindows).toBeGreaterThan(2);
    expect(first.isUnfinished).toBe(true);
    expect(first.warnings).toContainEqual(expect.stringMatching(/^Pages 1-\d: the model gave no answer: .*not now/));
    expect(first.events.find(({ engine }) => engine === 'reader')).toMatchObject({ title: 'One', status: 'partial' });

    const second = await run(material, opened, fixture.library);
    expect(server.chats).toHaveLength(numWindows + 1);
    expect(second.isUnfinished).toBe(false);
    const third = await run(material, opened, fixture.library);
    expect(server.chats).toHaveLength(numWindows + 1);
    expect(third.events).toEqual(second.events);
  });

  it('fails with the server’s reason where no window is answered', async () => {
    await using fixture = await makeLibrary();
    const { server, opened } = await onServer();
    server.mishaps.push({ kind: 'status', status: 403, body: JSON.stringify({ error: { message: 'moved away' } }) });
    await expect(run(await manual(), opened, fixture.library)).rejects.toThrow('moved away');
  });
});

describe.skipIf(!hasShared)('a document by a checkpoint with random weights', () => {
  it('becomes events of pages inside the document under its schema, other pages and quotes that stand nowhere marked', async () => {
    const models = await addRandomModel(4096);
    const config = resolveConfig({ device: 'cpu', model: 'random', models }, { env: {} });
    await using opened = (await openModels(config)).batch;
    await using fixture = await makeLibrary();
    const { events } = await run(await materialOf(PAGES.slice(1, 3), ['Stopping']), opened, fixture.library);
    const told = events.filter(({ engine }) => engine !== 'reader');
    expect(told.length).toBeGreaterThan(0);
    for (const { place, title, evidence, status, note } of told) {
      expect(title).not.toBe('');
      expect(place.kind === 'pages' && place.pageIndex >= 0 && place.endPageIndex <= 2).toBe(true);
      const isOutside = (note ?? '').includes('outside the window');
      expect(status === 'partial').toBe(isOutside || evidence.every(({ kind }) => kind !== 'page'));
    }
  });
});
