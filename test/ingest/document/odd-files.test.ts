import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DocumentInfo, Page } from '../../../src/ingest/document/page.ts';
import type { ErrorDetail } from '../../../src/errors.ts';
import { wordF1 } from '../ocr/word-f1.ts';

const folder = '../shared/data/pdfs_scanned_and_odd';
const isHere = existsSync(folder);
if (!isHere) console.log(`skipped: ${folder} is not on this machine`);

interface Outcome {
  readonly info?: DocumentInfo;
  readonly pages?: Page[];
  readonly warnings?: string[];
  readonly error?: ErrorDetail;
}

/** What each file comes to, read in one process of its own, by file name; and what that process printed besides. */
async function readAll(
  ocr: 'auto' | 'off',
  paths: string[],
): Promise<{ outcomes: Map<string, Outcome>; stderr: string }> {
  const program = join(import.meta.dirname, 'programs/read-files.ts');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ocr, ...paths], {
    maxBuffer: 2 ** 26,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome & { path: string });
  return { outcomes: new Map(lines.map((line) => [basename(line.path), line])), stderr };
}

const textOf = ({ pages = [] }: Outcome = {}) => pages.map(({ text }) => text).join('\n\n');

describe.skipIf(!isHere)('every odd file', () => {
  const files = (name: string) =>
    isHere
      ? readdirSync(join(folder, name))
          .filter((file) => /\.(?:pdf|png)$/.test(file))
          .map((file) => join(folder, name, file))
      : [];
  let outcomes: Map<string, Outcome>;
  let stderr: string;
  beforeAll(async () => {
    ({ outcomes, stderr } = await readAll('off', [...files('py-pdf'), ...files('ocrmypdf')]));
  }, 300_000);

  it('is read or refused by one process that prints nothing else and ends well', () => {
    expect(outcomes.size).toBe(files('py-pdf').length + files('ocrmypdf').length);
    expect(stderr).toBe('');
  });

  it('has the pages that files.json counts, or asks for its password', () => {
    const listed = JSON.parse(readFileSync(join(folder, 'py-pdf/files.json'), 'utf8')) as {
      path: string;
      pages: number;
      encrypted: boolean;
    }[];
    const counts = listed.map(({ path, pages, encrypted }) => [path, encrypted ? 'PASSWORD_NEEDED' : pages]);
    expect(
      listed.map(({ path }) => [path, outcomes.get(path)?.error?.code ?? outcomes.get(path)?.pages?.length]),
    ).toEqual(counts);
  });

  it('is refused in one sentence with a remedy where it is refused', () => {
    const refused = [...outcomes].filter(([, { error }]) => error);
    expect(refused.map(([name]) => name).sort()).toEqual(['invalid.pdf', 'libreoffice-writer-password.pdf']);
    for (const [, { error }] of refused) {
      expect(error!.message).toMatch(/^[^\n]+[^.]\.$/);
      expect(error!.remedy).not.toBe('');
    }
  });

  it('that is blank or without contents has an empty page and no warning', () => {
    for (const name of ['no_contents.pdf', 'blank.pdf']) {
      const { pages, warnings } = outcomes.get(name)!;
      expect([name, pages!.map(({ text, textSource }) => [text, textSource]), warnings]).toEqual([
        name,
        [['', 'none']],
        [],
      ]);
    }
  });

  it('in two columns reads down the first, then down the second, words whole', () => {
    const text = textOf(outcomes.get('multicolumn.pdf'));
    expect(text).toContain('consectetuer adipiscing elit. Ut purus elit');
    expect(text).toContain('Cras viverra metus rhoncus sem.');
    expect(text.indexOf('Nulla malesuada porttitor diam')).toBeLessThan(text.indexOf('Quisque ullamcorper placerat'));
    expect(text).toContain('Pellentesque eget lectus. Proin eu metus.');
  });

  it('with a table keeps a line a row', () => {
    expect(textOf(outcomes.get('multicolumn.pdf'))).toMatch(/^Czech Republic +10\.7 +78,866 +Prague +Czech$/m);
  });

  it('with an outline has it with its pages, and headings of the same levels', () => {
    const { info, pages } = outcomes.get('pdflatex-outline.pdf')!;
    expect(info!.outline.map(({ title, level, pageIndex }) => [title, level, pageIndex])).toEqual([
      ['Foo', 1, 1],
      ['Bar', 1, 1],
      ['Baz', 1, 1],
      ['Foo', 1, 1],
      ['Bar', 1, 2],
      ['Baz', 1, 2],
      ['Foo', 1, 2],
      ['Bar', 1, 3],
      ['Baz', 1, 3],
    ]);
    expect(pages![1]!.headings.map(({ level }) => level)).toEqual([1, 1, 1, 1]);
  });

  it('with links has their words and targets', () => {
    const [page] = outcomes.get('libre-office-link.pdf')!.pages!;
    expect(page!.links).toEqual([
      { text: expect.stringContaining('link') as string, target: { kind: 'url', url: 'https://martin-thoma.com/' } },
    ]);
    expect(outcomes.get('pdflatex-outline.pdf')!.pages![0]!.links[0]!.target).toEqual({ kind: 'page', pageIndex: 1 });
  });

  it('in Arabic has its letters in the order they are read', () => {
    expect(textOf(outcomes.get('habibi.pdf'))).toContain('حَبيبي');
    expect(outcomes.get('habibi-rotated.pdf')!.pages!.map(({ text }) => text.includes('حَبيبي'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});

describe.skipIf(!isHere)('files without usable text', () => {
  const names = ['linn.pdf', 'truetype_font_nomapping.pdf', 'type3_font_nomapping.pdf', 'kcs.pdf'];
  let outcomes: Map<string, Outcome>;
  let stderr: string;
  beforeAll(async () => {
    ({ outcomes, stderr } = await readAll(
      'auto',
      names.map((name) => join(folder, 'ocrmypdf', name)),
    ));
  }, 400_000);

  it('are read by OCR, in a process that prints nothing else', () => {
    expect(stderr).toBe('');
    expect(names.slice(0, 3).map((name) => outcomes.get(name)!.pages![0]!.textSource)).toEqual(['ocr', 'ocr', 'ocr']);
    expect(textOf(outcomes.get('truetype_font_nomapping.pdf'))).toBe('Phone');
  });

  it('linn.pdf, two columns scanned, reads at word F1 of 0.95 or more, one column after the other', () => {
    const text = textOf(outcomes.get('linn.pdf'));
    expect(wordF1(readFileSync(join(folder, 'ocrmypdf/linn.txt'), 'utf8'), text)).toBeGreaterThanOrEqual(0.95);
  });
});
