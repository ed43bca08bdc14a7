// OCR lines of a slide -> its title and its text: the title is the line in the largest letters near the top, and what
// photographs, logos and the speaker's picture make the engine see is dropped.
import type { OcrLine, OcrResult } from './ocr-result.ts';
import type { SlideText } from '../video/slide.ts';

/** Lines below this confidence (0 to 100) are noise, unless they hold many letters in words. */
const MIN_CONFIDENCE = 40;
const MANY_LETTERS = 12;
/** Short lines must be surer than that: two letters are read into any texture. */
const MIN_SHORT_CONFIDENCE = 65;
const SHORT = 4;
/** The title stands in this upper share of the slide, unless nothing else is there (a title slide). */
const TITLE_ZONE = 0.4;

/** What dots are read as, and letters that they are read as before an item. */
const MARK = /^[«»‹›¢©®°*·●▪■] (?=[\p{L}\p{N}])/u;
const LETTER_MARK = /^[eo] (?=[\p{Lu}\p{N}])/u;
/** A terminal's prompt, before a command: `$ git init`, `ada@box:~/src$ make`, `C:\\work> dir`, `PS C:\\> ls`, `>>> import os`. */
const PROMPT =
  /^(?:(?:\([\w.-]+\) ?)?[\w.-]+@[\w.-]+[:\s][^$#%]*[$#%]|(?:PS )?[A-Z]:\\[^>]*>|>>>) *(?=\S)|^\$ +(?=[a-z./~])/;
/** A window's menus, in the order that they have in every program. */
const MENU_BAR =
  /\b(?:File|Datei|Fichier|Archivo|Arquivo)\s+(?:Edit|Bearbeiten|Édition|Edition|Edición|Editar|Modifica)\s+\p{Lu}/u;

/** Raised whenever the same OCR result gives another title or text. */
export const SLIDE_TEXT_VERSION = 2;

export interface SlideReading extends Omit<SlideText, 'slideIndex' | 'stateIndex'> {
  /** The lines kept, in reading order. */
  readonly lines: readonly OcrLine[];
}

export function slideTextOf(
  result: OcrResult,
  imageSize: { readonly width: number; readonly height: number },
): SlideReading {
  const lines = withBullets(result.lines.filter((line) => !isNoise(line, imageSize.height)));
  const numChars = lines.reduce((n, { text }) => n + text.length, 0);
  const confidence = lines.reduce((sum, line) => sum + line.confidence * line.text.length, 0) / Math.max(1, numChars);
  return {
    title: titleOf(lines, imageSize.height),
    text: lines.map(({ text }) => text).join('\n'),
    confidence: Math.round(confidence * 10) / 10,
    lines,
  };
}

/**
 * Dots before the items of a list are read as other marks, or as letters that look like them, which a slide tells by having several.
 * `» Twice a day`, `e Flour, water, salt` become `• Twice a day`, `• Flour, water, salt`.
 */
function withBullets(lines: readonly OcrLine[]): OcrLine[] {
  const numMarked = lines.filter(({ text }) => MARK.test(text) || LETTER_MARK.test(text)).length;
  return lines.map((line) => {
    const isMarked = MARK.test(line.text) || (numMarked > 1 && LETTER_MARK.test(line.text));
    return isMarked ? { ...line, text: line.text.replace(/^\S+/, '•') } : line;
  });
}

function isNoise({ text, confidence, heightPx }: OcrLine, imageHeight: number): boolean {
  const letters = countLetters(text);
  const marks = text.replace(/\s/g, '').length;
  if (letters === 0 || letters < 0.4 * marks) return true;
  // Program text is in no dictionary, so the engine doubts it; texture gives no run of letters as long.
  const inWords = text.match(/\p{L}{3,}/gu)?.join('').length ?? 0;
  if (confidence < MIN_CONFIDENCE && inWords < MANY_LETTERS) return true;
  if (letters <= SHORT && confidence < MIN_SHORT_CONFIDENCE) return true;
  // Texture read as letters of impossible size.
  return heightPx > 0.35 * imageHeight && confidence < 80;
}

function countLetters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

function titleOf(lines: readonly OcrLine[], imageHeight: number): string {
  // All of a terminal is in letters of one size: what it shows is the last command. A slide has a title above its commands.
  const command = lines.findLast(({ text }) => PROMPT.test(text));
  const isTerminal = command !== undefined && lines.every(({ heightPx }) => heightPx < 1.3 * command.heightPx);
  if (isTerminal) return command.text.replace(PROMPT, '');
  return titleAmong(
    lines.filter(({ text }) => !MENU_BAR.test(text)),
    imageHeight,
  );
}

function titleAmong(lines: readonly OcrLine[], imageHeight: number): string {
  const zone = lines.filter(({ bbox }) => (bbox.y0 + bbox.y1) / 2 < TITLE_ZONE * imageHeight);
  const candidates = (zone.length > 0 ? zone : lines).filter(({ text }) => /\p{L}{2}/u.test(text));
  if (candidates.length === 0) return '';
  const largest = Math.max(...candidates.map(({ heightPx }) => heightPx));
  const first = candidates.findIndex(({ heightPx }) => heightPx >= 0.85 * largest);
  const title = [candidates[first]!];
  // A title over two lines: the next line in letters of the same size, straight below.
  for (const line of candidates.slice(first + 1)) {
    const above = title.at(-1)!;
    const gap = line.bbox.y0 - above.bbox.y1;
    if (
      Math.abs(line.heightPx - above.heightPx) > 0.15 * above.heightPx ||
      gap < -0.5 * above.heightPx ||
      gap > 0.6 * above.heightPx
    )
      break;
    title.push(line);
  }
  return (title.length <= 3 ? title : title.slice(0, 1)).map(({ text }) => text).join(' ');
}
