// Writes small PDFs by hand (PDF 32000-1, 7.5: header, objects, cross-reference table, trailer), so that a test's document
// holds exactly what the test is about, and no tool has to be installed.
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MadePage {
  /** Lines of text: [x, y from the top, text, style]. Points. */
  readonly texts: readonly (readonly [x: number, y: number, text: string, style?: string])[];
  /** Raw drawing operators after the text. */
  readonly drawing?: string;
  readonly rotate?: 0 | 90 | 180 | 270;
  /** Form fields filled in: [x, y from the top, value, whether its drawing is left to the reader]. */
  readonly fields?: readonly (readonly [x: number, y: number, value: string, undrawn?: 'undrawn'])[];
  readonly links?: readonly {
    readonly box: readonly [x0: number, y0: number, x1: number, y1: number];
    readonly to: string | number;
  }[];
}

export interface MadePdf {
  readonly pages: readonly MadePage[];
  readonly title?: string;
  /** [title, page index, children]. */
  readonly outline?: readonly OutlineItem[];
  /** A number tree of page labels, written out: `0 << /S /r >> 2 << /S /D >>`. */
  readonly labels?: string;
  readonly password?: { readonly user: string; readonly owner: string };
}

type OutlineItem = readonly [title: string, pageIndex: number, children?: readonly OutlineItem[]];

const WIDTH = 612;
const HEIGHT = 792;

/** Style `B14` is bold at 14 points, `M10` typewriter, `R10` regular (the default). */
function textOperators([x, y, text, style = 'R10']: MadePage['texts'][number]): string {
  const font = { R: 'F1', B: 'F2', M: 'F3' }[style[0]!]!;
  const escaped = text.replace(/[\\()]/g, '\\$&');
  return `BT /${font} ${style.slice(1)} Tf ${x} ${HEIGHT - y} Td (${escaped}) Tj ET`;
}

export function makePdf({ pages, title, outline = [], labels, password }: MadePdf): Buffer {
  const id = createHash('md5').update('made by a test').digest();
  const security = password && encryptionOf(password, id);
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const secret = (text: string, number: number): string => (security ? security.encrypt(text, number) : text);
  const stream = (text: string): number => {
    const data = secret(text, objects.length + 1);
    return add(`<< /Length ${Buffer.byteLength(data, 'latin1')} >>\nstream\n${data}\nendstream`);
  };
  const string = (text: string, number: number) => `<${Buffer.from(secret(text, number), 'latin1').toString('hex')}>`;

  const fonts = ['Helvetica', 'Helvetica-Bold', 'Courier'].map((name) =>
    add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`),
  );
  const resources = `<< /Font << ${fonts.map((number, index) => `/F${index + 1} ${number} 0 R`).join(' ')} >> >>`;
  const contents = pages.map(({ texts, drawing = '' }) => stream([...texts.map(textOperators), drawing].join('\n')));
  const fields = pages.map(({ fields = [] }) =>
    fields.map(([x, y, value, undrawn]) => {
      const data = secret(`BT /F1 10 Tf 2 4 Td (${value}) Tj ET`, objects.length + 1);
      const look = add(
        `<< /Type /XObject /Subtype /Form /BBox [0 0 100 14] /Resources ${resources} /Length ${data.length} >>\nstream\n${data}\nendstream`,
      );
      const rect = `[${x} ${HEIGHT - y - 4} ${x + 100} ${HEIGHT - y + 10}]`;
      const drawing = undrawn ? `/T (f) /DA (/F1 10 Tf 0 g) /V (${value})` : `/AP << /N ${look} 0 R >>`;
      return add(`<< /Type /Annot /Subtype /Widget /FT /Tx /F 4 /Rect ${rect} ${drawing} >>`);
    }),
  );
  const firstPage = objects.length + 1;
  const tree = firstPage + pages.length;
  for (const [index, { rotate = 0, links = [] }] of pages.entries()) {
    const annots = links.map(({ box: [x0, y0, x1, y1], to }) => {
      const rect = `/Rect [${x0} ${HEIGHT - y1} ${x1} ${HEIGHT - y0}]`;
      const target =
        typeof to === 'number'
          ? `/Dest [${firstPage + to} 0 R /Fit]`
          : `/A << /S /URI /URI ${string(to, firstPage + index)} >>`;
      return `<< /Type /Annot /Subtype /Link ${rect} ${target} >>`;
    });
    annots.push(...fields[index]!.map((number) => `${number} 0 R`));
    add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Rotate ${rotate} ` +
        `/Resources ${resources} /Contents ${contents[index]} 0 R /Annots [${annots.join(' ')}] >>`,
    );
  }
  add(
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${firstPage + index} 0 R`).join(' ')}] >>`,
  );

  const addOutline = (items: readonly OutlineItem[], parent: number): { first: number; last: number } => {
    const numbers = items.map(() => add(''));
    for (const [index, [text, pageIndex, children = []]] of items.entries()) {
      const number = numbers[index]!;
      const inner = children.length > 0 ? addOutline(children, number) : undefined;
      objects[number - 1] = [
        `<< /Title ${string(text, number)} /Parent ${parent} 0 R /Dest [${firstPage + pageIndex} 0 R /Fit]`,
        index > 0 ? `/Prev ${numbers[index - 1]} 0 R` : '',
        index + 1 < items.length ? `/Next ${numbers[index + 1]} 0 R` : '',
        inner ? `/First ${inner.first} 0 R /Last ${inner.last} 0 R /Count ${children.length}` : '',
        '>>',
      ].join(' ');
    }
    return { first: numbers[0]!, last: numbers.at(-1)! };
  };
  let outlineRoot = 0;
  if (outline.length > 0) {
    outlineRoot = add('');
    const { first, last } = addOutline(outline, outlineRoot);
    objects[outlineRoot - 1] = `<< /Type /Outlines /First ${first} 0 R /Last ${last} 0 R /Count ${outline.length} >>`;
  }
  const catalog = add(
    `<< /Type /Catalog /Pages ${tree} 0 R ${outlineRoot ? `/Outlines ${outlineRoot} 0 R` : ''} ` +
      `${
        fields.flat().length > 0
          ? `/AcroForm << /Fields [${fields
              .flat()
              .map((n) => `${n} 0 R`)
              .join(' ')}] /DR ${resources} >>`
          : ''
      } ` +
      `${labels ? `/PageLabels << /Nums [${labels}] >>` : ''} >>`,
  );
  const info = title === undefined ? 0 : add(`<< /Title ${string(title, objects.length + 1)} >>`);
  const encrypt = security ? add(security.dictionary) : 0;

  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} `;
  file += `/Root ${catalog} 0 R ${info ? `/Info ${info} 0 R` : ''} ${encrypt ? `/Encrypt ${encrypt} 0 R` : ''} `;
  file += `/ID [<${id.toString('hex')}> <${id.toString('hex')}>] >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** Standard security handler, revision 2: RC4 with 40-bit keys (PDF 32000-1, 7.6.3). */
function encryptionOf({ user, owner }: { user: string; owner: string }, id: Buffer) {
  const padding = Buffer.from('28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A', 'hex');
  const pad = (password: string) => Buffer.concat([Buffer.from(password, 'latin1'), padding]).subarray(0, 32);
  const md5 = (...parts: Buffer[]) => createHash('md5').update(Buffer.concat(parts)).digest();
  const permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
  const ownerEntry = rc4(md5(pad(owner)).subarray(0, 5), pad(user));
  const key = md5(pad(user), ownerEntry, permissions, id).subarray(0, 5);
  const userEntry = rc4(key, padding);
  return {
    dictionary: `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${ownerEntry.toString('hex')}> /U <${userEntry.toString('hex')}> >>`,
    encrypt(text: string, objectNumber: number): string {
      const suffix = Buffer.from([objectNumber & 255, (objectNumber >> 8) & 255, (objectNumber >> 16) & 255, 0, 0]);
      return rc4(md5(key, suffix).subarray(0, 10), Buffer.from(text, 'latin1')).toString('latin1');
    },
  };
}

function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 255;
    [state[i], state[j]] = [state[j]!, state[i]!];
  }
  let [i, j] = [0, 0];
  return Buffer.from(data).map((byte) => {
    i = (i + 1) & 255;
    j = (j + state[i]!) & 255;
    [state[i], state[j]] = [state[j]!, state[i]!];
    return byte ^ state[(state[i]! + state[j]!) & 255]!;
  }) as Buffer;
}

const folder = mkdtempSync(join(tmpdir(), 'lectern-made-'));
let numFiles = 0;

/** Writes a file into a folder of this process and returns its path. */
export function writeTemp(bytes: Uint8Array | string, name = `made-${++numFiles}.pdf`): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
