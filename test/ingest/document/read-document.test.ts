import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DocumentCache, ReadOptions } from '../../../src/ingest/document/read-document.ts';
import type { MadePage } from './make-pdf.ts';
import {
  DocumentEmptyError,
  DocumentUnreadableError,
  NoPagesError,
  PasswordNeededError,
  PasswordWrongError,
} from '../../../src/ingest/document/errors.ts';
import { makePdf, writeTemp } from './make-pdf.ts';
import { readDocument } from '../../../src/ingest/document/read-document.ts';

const noOcr: ReadOptions = { ocr: 'off', getOcr: () => Promise.reject(new Error('OCR is off')) };
const page = (...texts: MadePage['texts'][number][]): MadePage => ({ texts });

const manual = makePdf({
  title: 'Pump Manual',
  labels: '0 << /S /r >> 2 << /S /D /St 1 >>',
  outline: [
    ['Safety', 1],
    ['Operation', 2, [['Starting the pump', 3]]],
  ],
  pages: [
    {
      ...page([72, 100, 'Pump Manual', 'B24'], [72, 140, 'See the maker for more.']),
      links: [{ box: [70, 130, 138, 145], to: 'https://example.org/pump' }],
    },
    {
      ...page([72, 100, 'Safety', 'B16'], [72, 130, 'Read on page four how to start.']),
      links: [{ box: [70, 120, 240, 135], to: 3 }],
    },
    page([72, 100, 'Operation', 'B16'], [72, 130, 'The pump has one switch.']),
    page([72, 100, 'Starting the pump', 'B12'], [72, 130, 'Turn the switch to the right.']),
  ],
});

function pngChunk([name, data]: readonly [string, Buffer]): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

describe('readDocument', () => {
  it('returns every page with its label, text, headings and links, and the outline with its pages', async () => {
    const { info, pages, warnings } = await readDocument(writeTemp(manual), noOcr);
    expect(info).toEqual({
      numPages: 4,
      title: 'Pump Manual',
      outlineSource: 'file',
      outline: [
        { title: 'Safety', level: 1, pageIndex: 1 },
        { title: 'Operation', level: 1, pageIndex: 2 },
        { title: 'Starting the pump', level: 2, pageIndex: 3 },
      ],
    });
    expect(pages.map(({ label }) => label)).toEqual(['i', 'ii', '1', '2']);
    expect(pages[3]!.text).toBe('Starting the pump\n\nTurn the switch to the right.');
    expect(pages[3]!.headings).toEqual([{ text: 'Starting the pump', level: 2, offset: 0 }]);
    expect(pages[0]!.links).toEqual([
      { text: 'See the maker', target: { kind: 'url', url: 'https://example.org/pump' } },
    ]);
    expect(pages[1]!.links).toEqual([
      { text: 'Read on page four how to start.', target: { kind: 'page', pageIndex: 3 } },
    ]);
    expect(warnings).toEqual([]);
  });

  it('takes a declared title that is a file name for none', async () => {
    const titled = (title: string) =>
      readDocument(writeTemp(makePdf({ title, pages: [page([72, 100, 'Urban Hedges', 'B24'])] })), noOcr);
    for (const name of ['lindqvist2024-hedges', 'Invoice_2024-0117', 'remote-work-deck'])
      expect((await titled(name)).info.title).toBe('Urban Hedges');
    expect((await titled('Hedge-Laying')).info.title).toBe('Hedge-Laying');
  });

  it('infers the outline from letter sizes where the file declares none, running headers left out', async () => {
    const body = (y: number) =>
      [72, y, 'Plain words of the text, long enough to be the usual size of letters here.'] as const;
    const chapter = (name: string): MadePage =>
      page([72, 40, 'The Great Book'], [72, 100, name, 'B18'], body(130), [72, 160, `About ${name}`, 'B12'], body(190));
    const { info } = await readDocument(
      writeTemp(makePdf({ pages: ['Iron', 'Copper', 'Tin', 'Lead'].map(chapter) })),
      noOcr,
    );
    expect(info.outlineSource).toBe('headings');
    expect(info.outline).toEqual(
      ['Iron', 'Copper', 'Tin', 'Lead'].flatMap((name, pageIndex) => [
        { title: name, level: 1, pageIndex },
        { title: `About ${name}`, level: 2, pageIndex },
      ]),
    );
  });

  it.each([0, 90, 180, 270] as const)('reads the same text from a page turned by %s degrees', async (rotate) => {
    const texts = [
      [72, 100, 'First line of the page.'],
      [72, 300, 'Last line of the page.'],
    ] as const;
    const { pages } = await readDocument(writeTemp(makePdf({ pages: [{ texts, rotate }] })), noOcr);
    expect(pages[0]!.text).toBe('First line of the page.\n\nLast line of the page.');
  });

  it('sets an accent on the letter that is drawn under it, and leaves apostrophes alone', async () => {
    // 5.56 is the width of the letter, 3.33 that of the accent.
    const drawing = 'BT /F1 10 Tf 72 592 Td (P) Tj 6.67 0 Td (\\264) Tj 0.5 0 Td (eter) Tj ET';
    const { pages } = await readDocument(
      writeTemp(makePdf({ pages: [{ ...page([72, 100, 'It\u00b4s here.']), drawing }] })),
      noOcr,
    );
    expect(pages[0]!.text).toBe('It´s here.\n\nPéter');
  });

  it('opens a file whose user password is empty', async () => {
    const bytes = makePdf({ pages: [page([72, 100, 'Open to all.'])], password: { user: '', owner: 'boss' } });
    expect((await readDocument(writeTemp(bytes), noOcr)).pages[0]!.text).toBe('Open to all.');
  });

  it('asks for a password, tells a wrong one apart, and opens with the right one, outline included', async () => {
    const bytes = makePdf({
      pages: [page([72, 100, 'For friends only.'])],
      outline: [['Friends', 0]],
      password: { user: 'sesame', owner: 'boss' },
    });
    const path = writeTemp(bytes);
    await expect(readDocument(path, noOcr)).rejects.toBeInstanceOf(PasswordNeededError);
    await expect(readDocument(path, { ...noOcr, password: 'Sesame' })).rejects.toBeInstanceOf(PasswordWrongError);
    const { info, pages } = await readDocument(path, { ...noOcr, password: 'sesame' });
    expect(pages[0]!.text).toBe('For friends only.');
    expect(info.outline).toEqual([{ title: 'Friends', level: 1, pageIndex: 0 }]);
  });

  it.each([
    ['an empty file', '', DocumentEmptyError],
    ['a PDF without pages', makePdf({ pages: [] }), NoPagesError],
    ['text named .pdf', 'Dear reader, this is no PDF.', DocumentUnreadableError],
    ['a PDF header alone', '%PDF-1.4\n%%EOF\n', DocumentUnreadableError],
    [
      'noise after a PDF header',
      Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 0xa7)]),
      DocumentUnreadableError,
    ],
  ])('refuses %s in one sentence with a remedy', async (_what, bytes, kind) => {
    const error = await readDocument(writeTemp(bytes), noOcr).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    const { message, remedy } = error as InstanceType<typeof kind>;
    expect(message).toMatch(/^\S.*\.$/);
    expect(message).not.toContain('\n');
    expect(remedy.length).toBeGreaterThan(10);
  });

  it('names a path that does not exist', async () => {
    await expect(readDocument('/nowhere/at-all.pdf', noOcr)).rejects.toThrow('/nowhere/at-all.pdf');
  });

  it('refuses a small file that unpacks to gigabytes of picture, with its size', async () => {
    const [width, height] = [40_000, 40_000];
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    // One bit a pixel, grey.
    header.set([1, 0, 0, 0, 0], 8);
    const rows = deflateSync(Buffer.alloc((1 + width / 8) * height));
    const bomb = Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      ...(
        [
          ['IHDR', header],
          ['IDAT', rows],
          ['IEND', Buffer.alloc(0)],
        ] as const
      ).map(pngChunk),
    ]);
    await expect(readDocument(writeTemp(bomb, 'bomb.png'), noOcr)).rejects.toThrow('40000 x 40000 pixels');
  });

  it('reads what is left of a file that was cut off, or refuses it', async () => {
    const outcome = await readDocument(writeTemp(manual.subarray(0, manual.length * 0.6)), noOcr).catch(
      (error: unknown) => error,
    );
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DocumentUnreadableError);
    else expect((outcome as { pages: unknown[] }).pages.length).toBeGreaterThan(0);
  });

  it('reads what was typed into form fields, in its place', async () => {
    const form: MadePage = {
      texts: [
        [72, 100, 'Name:'],
        [72, 160, 'Town:'],
      ],
      fields: [
        [110, 100, 'Ada Lovelace'],
        [110, 160, 'London', 'undrawn'],
      ],
    };
    const { pages } = await readDocument(writeTemp(makePdf({ pages: [form] })), noOcr);
    expect(pages[0]!.text).toBe('Name: Ada Lovelace\n\nTown: London');
  });

  it('records a page whose object is missing as empty, with a warning, and reads the others', async () => {
    const whole = makePdf({ pages: [1, 2, 3].map((n) => page([72, 100, `This is page ${n}.`])) }).toString('latin1');
    // Objects 1 to 3 are fonts, 4 to 6 contents, 7 to 9 pages.
    const broken = whole.replace('/Kids [7 0 R 8 0 R 9 0 R]', '/Kids [7 0 R 0 0 R 9 0 R]');
    expect(broken).not.toBe(whole);
    const { info, pages, warnings } = await readDocument(writeTemp(Buffer.from(broken, 'latin1')), noOcr);
    expect(info.numPages).toBe(3);
    expect(pages.map(({ text }) => text)).toEqual(['This is page 1.', '', 'This is page 3.']);
    expect(warnings).toEqual([expect.stringMatching(/^Page 2 could not be read: .+\.$/)]);
  });

  it('says how many pages hold no text when OCR is off, and counts blank pages as read', async () => {
    const drawn: MadePage = { texts: [], drawing: '0 0 0 rg 100 100 300 300 re f' };
    const { pages, warnings } = await readDocument(writeTemp(makePdf({ pages: [drawn, { texts: [] }] })), noOcr);
    expect(pages.map(({ textSource }) => textSource)).toEqual(['none', 'none']);
    expect(warnings).toEqual(['1 of 2 pages hold no usable text, and OCR is off.']);
  });
});

const numbered = (numPages: number) =>
  makePdf({
    pages: Array.from({ length: numPages }, (_, index) =>
      page(
        ...Array.from(
          { length: 40 },
          (_line, row) => [72, 60 + 16 * row, `Page ${index + 1}, line ${row + 1} of the long report.`] as const,
        ),
      ),
    ),
  });

describe('long documents', () => {
  it('reads 1,500 pages in order, in memory that does not grow with them', async () => {
    const path = writeTemp(numbered(1500));
    const short = writeTemp(numbered(100));
    await readDocument(short, noOcr);
    const before = process.memoryUsage().rss;
    const done: number[] = [];
    const { pages } = await readDocument(path, { ...noOcr, onProgress: (donePages) => done.push(donePages) });
    const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
    expect(pages).toHaveLength(1500);
    expect(pages.every(({ text }, index) => text.startsWith(`Page ${index + 1}, line 1 `))).toBe(true);
    expect(done).toEqual(Array.from({ length: 1500 }, (_, index) => index + 1));
    expect(grownMb).toBeLessThan(400);
  });

  it('keeps no unit that an abort cut off, not even read again page by page', async () => {
    const controller = new AbortController();
    const kept: string[] = [];
    const cache: DocumentCache = {
      get: async () => {
        // The unit asked for is in flight by then.
        setImmediate(() => controller.abort(new Error('enough')));
        return undefined;
      },
      put: async (key) => void kept.push(key),
    };
    const reading = readDocument(writeTemp(numbered(200)), { ...noOcr, cache, signal: controller.signal });
    await expect(reading).rejects.toThrow('enough');
    expect(kept).toEqual([]);
  });

  it('stops on abort and goes on from the cache where it stopped', async () => {
    const path = writeTemp(numbered(200));
    const kept = new Map<string, Uint8Array>();
    const cache: DocumentCache = {
      get: async (key) => kept.get(key),
      put: async (key, bytes) => void kept.set(key, bytes),
    };
    const controller = new AbortController();
    const stopped = readDocument(path, {
      ...noOcr,
      cache,
      signal: controller.signal,
      onProgress: (donePages) => {
        if (donePages === 48) controller.abort(new Error('enough for now'));
      },
    });
    await expect(stopped).rejects.toThrow('enough for now');
    const numKept = kept.size;
    expect(numKept).toBeGreaterThan(0);
    expect(numKept).toBeLessThan(13);

    const asked: string[] = [];
    const resumed = await readDocument(path, {
      ...noOcr,
      cache: { ...cache, get: async (key) => (asked.push(key), kept.get(key)) },
    });
    expect(asked.filter((key) => kept.has(key)).length).toBe(13);
    expect(resumed.pages).toEqual((await readDocument(path, noOcr)).pages);
  });

  it('leaves the main thread free while it reads', async () => {
    const ticks: number[] = [];
    const timer = setInterval(() => ticks.push(performance.now()), 5);
    await readDocument(writeTemp(numbered(300)), noOcr);
    clearInterval(timer);
    expect(ticks.length).toBeGreaterThan(20);
  });
});
