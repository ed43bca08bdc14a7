// Whether a page's own text can be trusted, or its picture has to be read instead.
import type { Page } from './page.ts';
import { plausibility } from './legible.ts';
import type { PageDraft } from './page-draft.ts';

/** A picture over this share of the page, with little text beside it, is a scan. */
const SCAN_COVER = 0.5;
const FEW_CHARS = 150;
/** A text layer with more characters without a mapping than this share is garbage. */
const MAX_GARBAGE = 0.3;

export function needsOcr({ numChars, numGarbage, imageCover, hasInk, isLegible, failure }: PageDraft): boolean {
  if (failure !== undefined || !hasInk) return false;
  if (numChars === 0 || numGarbage > MAX_GARBAGE * numChars) return true;
  if (numChars < FEW_CHARS && imageCover > SCAN_COVER) return true;
  return !isLegible;
}

/** What OCR saw, or the page's own text where that is more and reads as language. */
export function keepBetter(own: PageDraft, seen: PageDraft): { draft: PageDraft; textSource: Page['textSource'] } {
  const worth = ({ text, numChars, numGarbage }: PageDraft) =>
    plausibility(text) * Math.max(0, numChars - 2 * numGarbage);
  if (seen.text !== '' && worth(seen) > worth(own)) return { draft: { ...seen, links: own.links }, textSource: 'ocr' };
  // Garbage is worse than nothing: it would be found, quoted and believed.
  if (!own.isLegible) return { draft: { ...own, text: '', candidates: [], sizes: [] }, textSource: 'none' };
  return { draft: own, textSource: own.text === '' ? 'none' : 'text' };
}
