// Slides for sources that were glued together out of speech: of every topic a few, made of its words, each of them up for a while. The
// first comes on some seconds before or after the topic begins, the others wherever they like; some carry the title of the one before,
// some are pictures without a word, and some are built up.
import type { SlideState, SlideText } from '../src/ingest/video/slide.ts';
import { isStopWord } from '../src/text/stop-words.ts';
import type { GluedSource } from './glued-sources.ts';

export interface SlideHabits {
  /** Seconds that a slide is up: between these, evenly. Infinity: one slide for a topic. */
  readonly seconds: readonly [from: number, to: number];
  /** Slides that change without regard to what is said. */
  readonly isUnrelated?: boolean;
}

/** Seconds between a topic's first word and the change to its first slide. */
const JITTER_SEC = 3;
const SAME_TITLE_SHARE = 0.2;
const PICTURE_SHARE = 0.08;
const BUILD_SHARE = 0.3;
const NUM_LINES = 3;

export function inventSlides(
  { captions: { cues }, borders }: GluedSource,
  { seconds: [from, to], isUnrelated = false }: SlideHabits,
  seed: number,
): { slides: SlideState[]; slideTexts: SlideText[]; titles: string[] } {
  const random = makeRandom(seed);
  const lastSec = cues.at(-1)!.endMs / 1000;
  const whole = countWords(cues.map((cue) => cue.text).join(' '));
  const topics = isUnrelated ? [] : borders;
  const starts = [0, ...topics];
  const changes = starts.flatMap((topicSec, i) => {
    const endSec = topics[i] ?? lastSec;
    const first = i === 0 ? 0 : topicSec + JITTER_SEC * (2 * random() - 1);
    const times = [first];
    for (;;) {
      const next = times.at(-1)! + from + (to - from) * random();
      if (!(next < endSec - from / 2)) break;
      times.push(next);
    }
    return times.map((sec, n) => ({ sec, isFirst: n === 0 }));
  });
  const slides: SlideState[] = [];
  const slideTexts: SlideText[] = [];
  const titles: string[] = [];
  for (const [slideIndex, { sec, isFirst }] of changes.entries()) {
    const [startMs, endMs] = [sec, changes[slideIndex + 1]?.sec ?? lastSec].map((one) => Math.round(1000 * one)) as [
      number,
      number,
    ];
    const said = cues.filter((cue) => cue.endMs > startMs && cue.startMs < endMs).map((cue) => cue.text);
    const words = tellingWords(said.join(' '), whole);
    const isSame = !isFirst && random() < SAME_TITLE_SHARE;
    const own = capitalized(words.slice(0, 2).join(' '));
    const title = isSame ? titles.at(-1)! : own;
    titles.push(title);
    const lines = Array.from({ length: NUM_LINES }, () =>
      Array.from({ length: 4 }, () => words[Math.floor(random() * Math.min(20, words.length))] ?? 'none').join(' '),
    );
    const isPicture = !isFirst && random() < PICTURE_SHARE;
    const middleMs = Math.round((startMs + endMs) / 2);
    const isBuilt = random() < BUILD_SHARE;
    const spans = isBuilt
      ? [
          { startMs, endMs: middleMs },
          { startMs: middleMs, endMs },
        ]
      : [{ startMs, endMs }];
    for (const [stateIndex, span] of spans.entries()) {
      slides.push({ slideIndex, stateIndex, spans: [span], stillMs: span.startMs });
      const shown = stateIndex < spans.length - 1 ? lines.slice(0, 1) : lines;
      const text = isPicture ? '' : [title, ...shown].join('\n');
      slideTexts.push({ slideIndex, stateIndex, title: isPicture ? '' : title, text, confidence: 90 });
    }
  }
  return { slides, slideTexts, titles };
}

/** Content words of a stretch, those first that it says more often than the source as a whole does. */
function tellingWords(text: string, whole: ReadonlyMap<string, number>): string[] {
  return [...countWords(text)]
    .sort(([a, n], [b, m]) => (m * m) / whole.get(b)! - (n * n) / whole.get(a)!)
    .map(([w]) => w);
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{4,}/gu)) {
    if (!isStopWord(word, 'en')) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator, Numerical Recipes). */
function makeRandom(seed: number): () => number {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
