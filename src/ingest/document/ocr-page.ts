// A rasterised page and what OCR read off it -> a raw page, laid out from then on like any other.
import type { OcrLine, OcrResult } from '../ocr/ocr-result.ts';
import type { RawPage, TextRun } from './text-run.ts';

/** Lines that read worse are dirt, pictures or handwriting (mean word confidence, 0 to 100). */
const MIN_CONFIDENCE = 30;
/** Words further apart than this (letter sizes) are cells of a table. */
const MAX_SPACE = 1.2;
/** Letter size from the height between ascenders and descenders. */
const SIZE_OF_HEIGHT = 0.85;

export function rawPageFromOcr(result: OcrResult, dpi: number): RawPage {
  const points = 72 / dpi;
  const runs = result.lines
    .filter(({ confidence }) => confidence >= MIN_CONFIDENCE)
    .flatMap((line, order) => runsOf(line, order * 1000, points));
  return {
    width: result.width * points,
    height: result.height * points,
    runs,
    turnedRuns: [],
    numChars: runs.reduce((n, { text }) => n + text.replace(/\s/g, '').length, 0),
    numGarbage: 0,
    imageCover: 1,
    hasInk: true,
  };
}

function runsOf({ words, bbox, heightPx }: OcrLine, order: number, points: number): TextRun[] {
  // Rounded to half points: letters of one paragraph measure a little differently from line to line.
  const size = Math.max(4, Math.round(heightPx * points * SIZE_OF_HEIGHT * 2) / 2);
  const baseline = (bbox.y1 - 0.2 * (bbox.y1 - bbox.y0)) * points;
  const runs: TextRun[] = [];
  for (const { text, bbox: word } of words) {
    const [x0, x1] = [word.x0 * points, word.x1 * points];
    const last = runs.at(-1);
    if (last && x0 - last.x1 <= MAX_SPACE * size) {
      last.text += ` ${text}`;
      last.x1 = Math.max(last.x1, x1);
    } else {
      runs.push({ text, x0, x1, baseline, size, bold: false, mono: false, order: order + runs.length });
    }
  }
  return runs;
}
