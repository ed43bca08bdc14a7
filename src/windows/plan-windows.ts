// A timeline to windows under a token budget: as long as fits, cut where a slide changes between two sentences if possible. Where a
// sentence or a slide has to be cut, the next window begins a little earlier; each moment still belongs to one window alone.
import { LecternError } from '../errors.ts';
import type { Span } from '../time.ts';
import { newTexts, shownLine, shownWithin, spokenLine, spokenWithin, type Timeline } from './timeline.ts';
import type { WindowSettings } from './window-settings.ts';

export interface PlannedWindow extends Span {
  /** The window's own part of the time: the own spans of all windows touch and never overlap. */
  readonly own: Span;
  /** At most. */
  readonly numPictures: number;
  /** At most. */
  readonly numTokens: number;
}

/** Not even the shortest window fits. */
export class WindowBudgetError extends LecternError {
  readonly needed: number;
  readonly budget: number;

  /** `what`: `What is shown and said at 12 s`. */
  constructor(what: string, needed: number, budget: number) {
    super(`${what} takes ${needed} tokens; a window may take ${budget}`, {
      code: 'WINDOW_BUDGET',
      remedy: 'Use a model with a longer context (--model NAME), or --engine reader.',
    });
    this.needed = needed;
    this.budget = budget;
  }
}

/** A window is cut in its last half. */
const EARLIEST_CUT = 0.5;
/** A window this much shorter than the others is not made: the two last ones share what is left. */
const SHORT_REST = 0.25;
/** Most of a cut sentence that is repeated. */
const MAX_REPEATED_MS = 15_000;
/** Frames of a cut slide that are repeated. */
const REPEATED_FRAMES = 2;
/** Nearer than this to a slide's change, a cut cuts nothing off it. */
const NEAR_MS = 500;

/** Cuts one window after the other, each from what is known by then: the rest of the source may still be being read. */
export class WindowCutter {
  readonly #settings: WindowSettings;
  readonly #span: Span;
  #startMs: number;
  #ownStartMs: number;

  constructor(span: Span, given: WindowSettings) {
    this.#settings = { ...given, costs: { ...given.costs, text: remembering((text) => given.costs.text(text)) } };
    this.#span = span;
    this.#startMs = span.startMs;
    this.#ownStartMs = span.startMs;
  }

  /** Share of the time that belongs to windows already. */
  get doneShare(): number {
    const { startMs, endMs } = this.#span;
    return this.#ownStartMs >= endMs ? 1 : (this.#ownStartMs - startMs) / (endMs - startMs);
  }

  get isDone(): boolean {
    return this.doneShare === 1;
  }

  /** Where the next window may begin to own time. */
  get nextStartMs(): number {
    return this.#ownStartMs;
  }

  /** Whether the next window is the same whatever comes after `untilMs`: up to there `timeline` is known. */
  isDecided(timeline: Timeline, untilMs: number): boolean {
    const knownMs = untilMs - 2 * NEAR_MS;
    return (
      untilMs >= this.#span.endMs || !fits(timeline, this.#settings, { startMs: this.#ownStartMs, endMs: knownMs })
    );
  }

  /** Throws WindowBudgetError. */
  cut(timeline: Timeline): PlannedWindow {
    const settings = this.#settings;
    const { endMs } = this.#span;
    const candidates = cutCandidates(timeline, settings);
    const cutting = { timeline, settings, candidates };
    let startMs = this.#startMs;
    const nextMs = candidates.find((ms) => ms > this.#ownStartMs)!;
    // Rather no repetition than no window.
    if (!fits(timeline, settings, { startMs, endMs: nextMs })) startMs = this.#ownStartMs;
    const maxEndMs = furthestEnd(cutting, startMs, nextMs);
    const cutMs = maxEndMs >= endMs ? endMs : chooseCut(cutting, startMs, maxEndMs);
    const own = { startMs: this.#ownStartMs, endMs: cutMs };
    this.#startMs = Math.max(startMs + 1, cutMs - repeatedMs(timeline, settings, cutMs));
    this.#ownStartMs = cutMs;
    return { startMs, endMs: cutMs, own, ...costOf(timeline, settings, { startMs, endMs: cutMs }) };
  }
}

/** What a window of this span costs, at most. */
function costOf(timeline: Timeline, settings: WindowSettings, span: Span): { numPictures: number; numTokens: number } {
  const { pictures, fps, readsText, costs } = settings;
  const shown = shownWithin(timeline, span);
  let numTokens = costs.fixed;
  if (readsText) {
    const texts = newTexts(shown);
    numTokens += shown.reduce((sum, one, i) => sum + costs.text(shownLine(one, texts[i]!)), 0);
    numTokens += spokenWithin(timeline, span).reduce((sum, one) => sum + costs.text(spokenLine(one)), 0);
  }
  if (pictures === 'none') return { numPictures: 0, numTokens };
  if (pictures === 'slides') {
    const numPictures = new Set(shown.map(({ slideIndex, stateIndex }) => `${slideIndex}.${stateIndex}`)).size;
    return { numPictures, numTokens: numTokens + numPictures * costs.picture };
  }
  const numPictures = slotsWithin(span, fps);
  // A pair is one group. Text between them falls behind whole pairs, so only the last one may be half.
  return { numPictures, numTokens: numTokens + Math.ceil(numPictures / 2) * costs.picture };
}

/** Slots of 1/fps, counted from zero, that lie in the span at least in part: as many frames, at most, as sampling gives. */
function slotsWithin({ startMs, endMs }: Span, fps: number): number {
  return Math.ceil((endMs * fps) / 1000) - Math.floor((startMs * fps) / 1000);
}

/** Every second, every change of slide, every pause between sentences; in order. */
function cutCandidates({ span, shown, spoken }: Timeline, { fps }: WindowSettings): number[] {
  const candidates = new Set<number>();
  const stepMs = 1000 / fps;
  for (let slot = Math.floor(span.startMs / stepMs) + 1; slot * stepMs < span.endMs; slot++) {
    candidates.add(Math.round(slot * stepMs));
  }
  for (const { startMs } of shown) candidates.add(startMs);
  spoken.forEach((one, i) => {
    const next = spoken[i + 1];
    if (next && next.startMs >= one.endMs) candidates.add(Math.round((one.endMs + next.startMs) / 2));
  });
  candidates.add(span.endMs);
  return [...candidates].filter((ms) => ms > span.startMs && ms <= span.endMs).sort((a, b) => a - b);
}

function fits(timeline: Timeline, settings: WindowSettings, span: Span): boolean {
  // Before anything is counted: what lies further ahead need not be known.
  if (span.endMs - span.startMs > settings.maxMs) return false;
  const { numPictures, numTokens } = costOf(timeline, settings, span);
  return numPictures <= settings.maxPictures && numTokens <= settings.budgetTokens;
}

/** Counting may mean tokenising; every line is counted for many possible windows. */
export function remembering(count: (text: string) => number): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => {
    let known = counts.get(text);
    if (known === undefined) counts.set(text, (known = count(text)));
    return known;
  };
}

interface Cutting {
  readonly timeline: Timeline;
  readonly settings: WindowSettings;
  /** Where windows may end, in order. */
  readonly candidates: readonly number[];
}

/** The last candidate up to which everything fits; throws where not even the first does. */
function furthestEnd({ timeline, settings, candidates }: Cutting, startMs: number, nextMs: number): number {
  if (!fits(timeline, settings, { startMs, endMs: nextMs })) {
    const { numTokens } = costOf(timeline, settings, { startMs, endMs: nextMs });
    const what = `What is shown and said at ${startMs / 1000} s`;
    throw new WindowBudgetError(what, numTokens, settings.budgetTokens);
  }
  let low = candidates.indexOf(nextMs);
  let high = candidates.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(timeline, settings, { startMs, endMs: candidates[middle]! })) low = middle;
    else high = middle - 1;
  }
  return candidates[low]!;
}

function chooseCut({ timeline, settings, candidates }: Cutting, startMs: number, maxEndMs: number): number {
  const restMs = timeline.span.endMs - maxEndMs;
  const isShortRest = restMs < SHORT_REST * (maxEndMs - startMs);
  const latestMs = isShortRest ? Math.min(maxEndMs, startMs + (timeline.span.endMs - startMs) * 0.6) : maxEndMs;
  const earliestMs = startMs + EARLIEST_CUT * (latestMs - startMs);
  let best: { ms: number; harm: number } | undefined;
  for (const ms of candidates) {
    if (ms < earliestMs || ms > latestMs) continue;
    const harm = (cutsSlide(timeline, settings, ms) ? 2 : 0) + (cutSentence(timeline, settings, ms) ? 1 : 0);
    if (best === undefined || harm <= best.harm) best = { ms, harm };
  }
  return best?.ms ?? maxEndMs;
}

function cutsSlide({ shown }: Timeline, { pictures }: WindowSettings, ms: number): boolean {
  return pictures !== 'none' && shown.some(({ startMs, endMs }) => startMs < ms - NEAR_MS && endMs > ms + NEAR_MS);
}

function cutSentence({ spoken }: Timeline, { readsText }: WindowSettings, ms: number): Span | undefined {
  return readsText ? spoken.find(({ startMs, endMs }) => startMs < ms && endMs > ms) : undefined;
}

/** How far before a cut the next window begins. A cut slide's still is shown again by the next window anyway. */
function repeatedMs(timeline: Timeline, settings: WindowSettings, cutMs: number): number {
  if (cutMs >= timeline.span.endMs) return 0;
  const sentence = cutSentence(timeline, settings, cutMs);
  const ofSentence = sentence === undefined ? 0 : cutMs - sentence.startMs;
  const isSlideCut = settings.pictures === 'sampled' && cutsSlide(timeline, settings, cutMs);
  const ofSlide = isSlideCut ? (REPEATED_FRAMES * 1000) / settings.fps : 0;
  return Math.max(ofSentence <= MAX_REPEATED_MS ? ofSentence : 0, ofSlide);
}
