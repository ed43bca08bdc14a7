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
  /** Continues the one before it: same paragraph or list, or said without a long pause. */
  readonly isContinued: boolean;
}

export interface Evidence {
  readonly hit: Hit;
  readonly sentences: readonly EvidenceSentence[];
}

/** What is said a little after a moment often completes the answer. */
const AFTER_MS = 20_000;
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
  const fromMs = hit.startMs ?? 0;
  const toMs = (hit.endMs ?? fromMs) + AFTER_MS;
  const captions = await library.readCaptions(hit.source.id, { fromMs, toMs });
  if (captions !== undefined && captions.cues.length > 0) {
    return toUtterances(captions.cues, captions.lang).map(({ text, startMs, endMs, pauseMs }) => ({
      ...{ text, startMs, endMs, pageIndex: null, pageLabel: null, heading: hit.title },
      isContinued: pauseMs < LONG_PAUSE_MS,
    }));
  }
  const slides = await library.readPassages(hit.source.id, { kinds: ['slide'], fromMs, toMs });
  return slides.flatMap(({ title, text, startMs, endMs }) =>
    text.split('\n').map((line) => ({
      ...{ text: line, startMs, endMs, pageIndex: null, pageLabel: null, heading: title },
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
  return sentences(text).map((sentence) => {
    const over = headings.findLast(({ offset }) => offset <= sentence.start)?.text ?? running;
    const isContinued = !/\n\s*\n/.test(text.slice(lastEnd, sentence.start));
    lastEnd = sentence.end;
    return {
      ...{ text: sentence.text, startMs: null, endMs: null, pageIndex, pageLabel: label, heading: over },
      isContinued,
    };
  });
}
