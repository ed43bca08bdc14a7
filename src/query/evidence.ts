// From hits to the sentences an answer can be made of, each with its own place, in the order they stand in.
import { toUtterances } from '../events/utterances.ts';
import type { Page } from '../ingest/document/page.ts';
import type { Library } from '../store/library.ts';
import { sentences } from '../text/sentences.ts';
import type { Hit, HitPlace } from './hit.ts';

export interface EvidenceSentence extends HitPlace {
  readonly text: string;
  /** The heading it stands under, or the title of the slide or event it is said in. */
  readonly heading: string;
  /** A question that somebody asks says what the sentences after it answer; a fragment is code, a label, half a sentence. */
  readonly form: 'statement' | 'question' | 'fragment';
  /** Continues the one before it: same paragraph or list, or said without a long pause. */
  readonly isContinued: boolean;
}

export interface Evidence {
  readonly hit: Hit;
  readonly sentences: readonly EvidenceSentence[];
}

/** What is said a little after a moment often completes the answer. */
const AFTER_MS = 20_000;
/** A sentence that began this long before a moment is read whole. */
const BEFORE_MS = 12_000;
const LONG_PAUSE_MS = 3000;

export async function gatherEvidence(library: Library, hits: readonly Hit[]): Promise<Evidence[]> {
  return Promise.all(
    hits.map(async (hit) => ({
      hit,
      sentences: hit.pageIndex === null ? await spokenSentences(library, hit) : await printedSentences(library, hit),
    })),
  );
}

async function spokenSentences(library: Library, hit: Hit): Promise<EvidenceSentence[]> {
  const startMs = hit.startMs ?? 0;
  const fromMs = Math.max(0, startMs - BEFORE_MS);
  const toMs = (hit.endMs ?? startMs) + AFTER_MS;
  const captions = await library.readCaptions(hit.source.id, { fromMs, toMs });
  if (captions !== undefined && captions.cues.length > 0) {
    const utterances = toUtterances(captions.cues, captions.lang).filter(({ endMs }) => endMs > startMs);
    return utterances.map(({ text, startMs, endMs, pauseMs }) => ({
      ...{ text, startMs, endMs, pageIndex: null, pageLabel: null, heading: hit.title },
      form: isQuestion(text) ? 'question' : 'statement',
      isContinued: pauseMs < LONG_PAUSE_MS,
    }));
  }
  const slides = await library.readPassages(hit.source.id, { kinds: ['slide'], fromMs, toMs });
  return slides.flatMap(({ title, text, startMs, endMs }) =>
    text.split('\n').map((line) => ({
      ...{ text: line, startMs, endMs, pageIndex: null, pageLabel: null, heading: title },
      form: 'statement',
      isContinued: true,
    })),
  );
}

/** The hit's page and the next one, where a section may run on. */
async function printedSentences(library: Library, hit: Hit): Promise<EvidenceSentence[]> {
  const fromPageIndex = hit.pageIndex!;
  const pages = await library.readPages(hit.source.id, { fromPageIndex, toPageIndex: fromPageIndex + 2 });
  let heading = hit.title;
  return pages.flatMap((page) => {
    const onPage = pageSentences(page, heading);
    heading = onPage.at(-1)?.heading ?? heading;
    return onPage;
  });
}

function pageSentences({ text, headings, pageIndex, label }: Page, running: string): EvidenceSentence[] {
  let lastEnd = 0;
  return sentences(text).flatMap((sentence): EvidenceSentence[] => {
    const over = headings.findLast(({ offset }) => offset <= sentence.start)?.text ?? running;
    const isContinued = !/\n\s*\n/.test(text.slice(lastEnd, sentence.start));
    lastEnd = sentence.end;
    if (isRunningLine(sentence, text)) return [];
    return [
      {
        ...{ text: sentence.text, startMs: null, endMs: null, pageIndex, pageLabel: label, heading: over },
        form: formOf(sentence.text),
        isContinued,
      },
    ];
  });
}

/** A page's header or footer: its first or last line, short, with a number at one end, no sentence. */
function isRunningLine({ start, end, text }: { start: number; end: number; text: string }, page: string): boolean {
  const isAtEdge = page.slice(0, start).trim() === '' || page.slice(end).trim() === '';
  return isAtEdge && text.length < 80 && /^\d{1,4}\b|\b\d{1,4}$/.test(text) && !/[.!?]$/.test(text);
}

function isQuestion(text: string): boolean {
  return /[?？؟]["'”’)]*\s*$/.test(text);
}

/** A printed sentence begins with a capital, a number or a bullet and ends as sentences do, or announces what follows. */
function formOf(text: string): EvidenceSentence['form'] {
  if (isQuestion(text)) return 'question';
  // A reference to another place says nothing by itself.
  if (/^(?:see|siehe|voir|véase)\b.{0,80}$/i.test(text)) return 'fragment';
  const isWhole = /^["'“‘([]?[\p{Lu}\p{Lo}\p{N}•▪●○-]/u.test(text) && /[.!:。！।؟]["'”’)\]]*\s*$/u.test(text);
  return isWhole || /^\s*(?:[-•▪●○]|\(?\d{1,2}[.)]?)\s+\p{Lu}/u.test(text) ? 'statement' : 'fragment';
}
