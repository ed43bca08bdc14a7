// PDFium's characters of one page -> runs of one style on one baseline, upright and measured from the page's top left.
import type { PdfFile } from './pdf-file.ts';
import type { Pointer } from './pdfium.ts';
import type { LinkBox } from './pdf-links.ts';
import type { Axis, PageSpace } from './page-space.ts';
import type { RawPage, TextRun } from './text-run.ts';
import { isRtl, logicalOrder } from './bidi.ts';
import { fillLinkBoxes } from './pdf-links.ts';
import { along, readRect, reversed } from './page-space.ts';
import { accentOverNext, isGarbage, normaliseText } from './unicode.ts';
import { takeColumns } from './vertical.ts';

/** A gap of this many letter sizes ends a run: wider than the spaces of justified text, narrower than a column gutter. */
const MAX_SPACE = 0.85;
/** A run ends where the baseline moves by this many letter sizes. */
const MAX_RISE = 0.2;
/** A letter that stands under the accent before it begins this many letter sizes before that one's end. */
const MIN_OVERLAP = 0.2;
/** fpdf_edit.h FPDF_PAGEOBJ_IMAGE. */
const OBJECT_IMAGE = 3;
/** PDF 32000-1 table 123: font flag bit 1, all glyphs of one width. */
const FLAG_FIXED_PITCH = 1;
/** A page with more characters than this is no scan, whatever pictures it holds. */
const MAX_CHARS_OF_SCAN = 1000;

/** Letters below this code need no second look at their mapping. */
const END_OF_ASCII = 0x80;

interface Style {
  readonly size: number;
  readonly bold: boolean;
  readonly mono: boolean;
  /** Direction of writing in quarter turns clockwise, as the page is shown. */
  readonly turn: 0 | 1 | 2 | 3;
  /** Where the writing runs to, and what is below it. */
  readonly along: Axis;
  readonly below: Axis;
  /** Set where the text stands exactly straight, so that one letter's baseline is that of all. */
  readonly baseline: number | undefined;
}

/** Fills the words of `links` on the way. */
export function readRawPage(
  file: PdfFile,
  page: Pointer,
  textPage: Pointer,
  space: PageSpace,
  links: readonly LinkBox[],
): RawPage {
  const scratch = file.pdfium.alloc(64);
  try {
    return new PageReader(file, page, textPage, scratch, space, links).read();
  } finally {
    file.pdfium.free(scratch);
  }
}

class PageReader {
  readonly #file: PdfFile;
  readonly #page: Pointer;
  readonly #textPage: Pointer;
  /** 64 bytes: a box (4 float32) at 0, an origin (2 float64) at 16, a matrix (6 float32) at 32. */
  readonly #scratch: Pointer;
  readonly #fonts = new Map<Pointer, { bold: boolean; mono: boolean }>();
  readonly #space: PageSpace;
  readonly #links: readonly LinkBox[];
  /** [turn] */
  readonly #groups: readonly TextRun[][] = [[], [], [], []];

  constructor(
    file: PdfFile,
    page: Pointer,
    textPage: Pointer,
    scratch: Pointer,
    space: PageSpace,
    links: readonly LinkBox[],
  ) {
    this.#file = file;
    this.#page = page;
    this.#textPage = textPage;
    this.#scratch = scratch;
    this.#space = space;
    this.#links = links;
  }

  read(): RawPage {
    const { c } = this.#file.pdfium;
    const numChars = c.FPDFText_CountChars(this.#textPage);
    let numInk = 0;
    let numGarbage = 0;
    let run: OpenRun | undefined;
    let style: Style | undefined;
    let object: Pointer = -1;
    let spaced = false;
    const place: Place = { x0: 0, x1: 0, baseline: 0 };

    for (let index = 0; index < numChars; index++) {
      const code = c.FPDFText_GetUnicode(this.#textPage, index);
      if (code === 0x0a || code === 0x0d) {
        if (run) this.#finish(run);
        run = undefined;
        continue;
      }
      if (code === 0x20 || code === 0xa0 || code === 0x09) {
        spaced = true;
        continue;
      }
      numInk++;
      if (isGarbage(code) || (code >= END_OF_ASCII && c.FPDFText_HasUnicodeMapError(this.#textPage, index) === 1)) {
        numGarbage++;
        continue;
      }
      const textObject = c.FPDFText_GetTextObject(this.#textPage, index);
      if (textObject !== object || !style) {
        object = textObject;
        style = this.#styleAt(index, textObject);
      }
      this.#readPlace(index, style, place);
      if (run && continuesRun(run, style, place) && !(spaced && turnsRound(run, code)))
        extendRun(run, code, index, place, spaced);
      else {
        if (run) this.#finish(run);
        run = { style, codes: [code], indexes: [index], hasRtl: isRtl(code), ...place };
      }
      spaced = false;
    }
    if (run) this.#finish(run);

    const groups = this.#groups;
    const upright = groups.indexOf(groups.reduce((a, b) => (b.length > a.length ? b : a)));
    const { level, columns } = takeColumns(groups[upright]!);
    const width = c.FPDF_GetPageWidthF(this.#page);
    const height = c.FPDF_GetPageHeightF(this.#page);
    const numObjects = c.FPDFPage_CountObjects(this.#page);
    return {
      width,
      height,
      runs: level,
      turnedRuns: [columns, ...groups.filter((_, turn) => turn !== upright)].filter((runs) => runs.length > 0),
      numChars: numInk,
      numGarbage,
      imageCover: numInk > MAX_CHARS_OF_SCAN ? 0 : this.#imageCover(numObjects, width * height),
      hasInk: numObjects > 0 || c.FPDFPage_GetAnnotCount(this.#page) > 0,
    };
  }

  #finish(run: OpenRun): void {
    const { style, codes, indexes, hasRtl, x0, x1, baseline } = run;
    const { size, bold, mono, turn } = style;
    const x0s = () => this.#placesOf(run).map((place) => place.x0);
    const text = normaliseText(hasRtl ? logicalOrder(codes, x0s()) : codes);
    this.#groups[turn]!.push({ text, x0, x1, baseline, size, bold, mono, order: indexes[0]! });
    // Links lie on the page as shown: only text that runs along it can be matched.
    if (turn === 0 && this.#links.length > 0) fillLinkBoxes(this.#links, baseline, codes, () => this.#centersOf(run));
  }

  /** Of each letter along its line. Always of one type: what is called with another one each time is compiled as often. */
  #centersOf({ style, indexes }: OpenRun): Float64Array {
    const place: Place = { x0: 0, x1: 0, baseline: 0 };
    return Float64Array.from(indexes, (index) => {
      this.#readPlace(index, style, place);
      return (place.x0 + place.x1) / 2;
    });
  }

  /** Of each letter; few runs need to know, and ask again. */
  #placesOf({ style, indexes }: OpenRun): Place[] {
    return indexes.map((index) => {
      const place = { x0: 0, x1: 0, baseline: 0 };
      this.#readPlace(index, style, place);
      return place;
    });
  }

  /** Filled in, since an object for each letter would be most of the garbage. */
  #readPlace(index: number, style: Style, place: Place): void {
    const s = this.#scratch;
    this.#file.pdfium.c.FPDFText_GetLooseCharBox(this.#textPage, index, s);
    const { view } = this.#file.pdfium;
    const a = along(style.along, view.getFloat32(s, true), view.getFloat32(s + 4, true));
    const b = along(style.along, view.getFloat32(s + 8, true), view.getFloat32(s + 12, true));
    place.x0 = a < b ? a : b;
    place.x1 = a < b ? b : a;
    place.baseline = style.baseline ?? this.#baselineAt(index, style.below);
  }

  #baselineAt(index: number, below: Axis): number {
    const { c } = this.#file.pdfium;
    const s = this.#scratch + 16;
    c.FPDFText_GetCharOrigin(this.#textPage, index, s, s + 8);
    const { view } = this.#file.pdfium;
    return along(below, view.getFloat64(s, true), view.getFloat64(s + 8, true));
  }

  #styleAt(index: number, textObject: Pointer): Style {
    const { c, view } = this.#file.pdfium;
    const s = this.#scratch + 32;
    c.FPDFText_GetMatrix(this.#textPage, index, s);
    const [ma, mb] = [view.getFloat32(s, true), view.getFloat32(s + 4, true)];
    const [mc, md] = [view.getFloat32(s + 8, true), view.getFloat32(s + 12, true)];
    const size = c.FPDFText_GetFontSize(this.#textPage, index) * Math.hypot(mc, md);
    // Counter-clockwise in user space, where y grows upwards; /Rotate turns the page clockwise (PDF 32000-1, table 30).
    const turn = ((((Math.round(-Math.atan2(mb, ma) / (Math.PI / 2)) + this.#space.rotation) % 4) + 4) %
      4) as Style['turn'];
    const isStraight = (mb === 0 && mc === 0) || (ma === 0 && md === 0);
    const { right, down } = this.#space;
    const turns = [right, down, reversed(right), reversed(down)] as const;
    const below = turns[((turn + 1) % 4) as Style['turn']];
    return {
      size,
      turn,
      along: turns[turn],
      below,
      baseline: isStraight ? this.#baselineAt(index, below) : undefined,
      ...this.#fontOf(textObject),
    };
  }

  #fontOf(textObject: Pointer): { bold: boolean; mono: boolean } {
    const { pdfium } = this.#file;
    const font = textObject === 0 ? 0 : pdfium.c.FPDFTextObj_GetFont(textObject);
    const known = this.#fonts.get(font);
    if (known) return known;
    const name =
      font === 0 ? '' : pdfium.readString('utf8', (buffer, n) => pdfium.c.FPDFFont_GetBaseFontName(font, buffer, n));
    const flags = font === 0 ? 0 : pdfium.c.FPDFFont_GetFlags(font);
    const traits = {
      bold:
        /bold|black|heavy|semibold|demi|CMBX|CMSSBX|NimbusSanL-Bold|SFBX/i.test(name) ||
        (font !== 0 && pdfium.c.FPDFFont_GetWeight(font) >= 650),
      mono: (flags & FLAG_FIXED_PITCH) !== 0 || /mono|courier|consol|typewriter|CMTT|SFTT|menlo/i.test(name),
    };
    this.#fonts.set(font, traits);
    return traits;
  }

  #imageCover(numObjects: number, pageArea: number): number {
    const { c } = this.#file.pdfium;
    let area = 0;
    for (let index = 0; index < numObjects; index++) {
      const object = c.FPDFPage_GetObject(this.#page, index);
      if (c.FPDFPageObj_GetType(object) !== OBJECT_IMAGE) continue;
      const s = this.#scratch;
      if (!c.FPDFPageObj_GetBounds(object, s, s + 4, s + 8, s + 12)) continue;
      const [left, bottom, right, top] = readRect(this.#file.pdfium, s);
      area += Math.abs((right - left) * (top - bottom));
    }
    return pageArea > 0 ? Math.min(1, area / pageArea) : 0;
  }
}

/** Along the writing, and across it. */
interface Place {
  x0: number;
  x1: number;
  baseline: number;
}

interface OpenRun extends Place {
  readonly style: Style;
  readonly codes: number[];
  /** PDFium's number of each of `codes`; a space takes that of the letter before it. */
  readonly indexes: number[];
  /** Whether any of them is written from right to left. */
  hasRtl: boolean;
}

function continuesRun(run: OpenRun, style: Style, place: Readonly<Place>): boolean {
  const { size } = run.style;
  if (
    style !== run.style &&
    (style.turn !== run.style.turn || style.bold !== run.style.bold || style.mono !== run.style.mono)
  )
    return false;
  if (Math.abs(style.size - size) > 0.05 * size) return false;
  if (Math.abs(place.baseline - run.baseline) > MAX_RISE * size) return false;
  // Right-to-left text may be drawn from either end, so the gap is measured on the side where the next letter lies.
  const gap = place.x0 >= run.x0 ? place.x0 - run.x1 : run.x0 - place.x1;
  return gap <= MAX_SPACE * size;
}

/** Words that run one way make a run, those that run the other way the next: where both stand tells the order of the two. */
function turnsRound(run: OpenRun, code: number): boolean {
  if (!run.hasRtl && !isRtl(code)) return false;
  return isRtl(run.codes[0]!) !== isRtl(code);
}

function extendRun(run: OpenRun, code: number, index: number, place: Readonly<Place>, spaced: boolean): void {
  if (spaced) {
    run.codes.push(0x20);
    run.indexes.push(run.indexes.at(-1)!);
  } else {
    const last = run.codes.length - 1;
    const accent = accentOverNext(run.codes[last]!);
    if (accent !== undefined && run.x1 - place.x0 > MIN_OVERLAP * run.style.size) run.codes[last] = accent;
  }
  run.codes.push(code);
  run.indexes.push(index);
  run.hasRtl ||= isRtl(code);
  if (place.x0 < run.x0) run.x0 = place.x0;
  if (place.x1 > run.x1) run.x1 = place.x1;
}
