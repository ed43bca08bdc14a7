// Whom a query asks about: `What did Mary Ng say about rents?` means the turns of Mary Ng in which she speaks of rents, from where
// she begins to where somebody else does. Passages join captions over changes of speaker, so they are cut at them here.
import type { Cue } from '../ingest/captions/cue.ts';
import type { Library } from '../store/library.ts';
import { isStopWord } from '../text/stop-words.ts';
import type { Span } from '../time.ts';
import type { Candidates } from './candidates.ts';
import { RANKING } from './ranking.ts';
import { type Saying, sayingsIn, wordsOf } from './saying.ts';
import type { TimedMatch, Timeline } from './timeline.ts';

/** What one of those asked about says until somebody else speaks; or what others say between. */
export interface Turn extends Span {
  readonly isAsked: boolean;
  readonly cues: readonly Cue[];
}

export interface AskedSpeakers {
  /** Indices of the query's terms that name them. */
  readonly named: ReadonlySet<number>;
  /** All turns of each source in which one of them speaks, in order. */
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
}

const HONORIFIC = /^(?:(?:right )?hon|mr|mrs|ms|miss|dr|prof|sir)\.? /i;
const IN_BRACKETS = /\s*\(.*\)/s;

/** undefined where the query names nobody who speaks in the sources found, or names them and no topic. */
export async function findAskedSpeakers(
  library: Library,
  { bySource, query, terms }: Candidates,
): Promise<AskedSpeakers | undefined> {
  const who = sayingsIn(query.text);
  const spoken = new Map<string, readonly Cue[]>();
  for (const [sourceId, passages] of bySource) {
    // One word of a name says who is meant only where the query asks who speaks: most words of names are words of talks, too.
    const leastWords = who.length > 0 ? 1 : 2;
    const isNamed = passages.some(({ matched }) => matched.matches.filter(({ word }) => word < 0).length >= leastWords);
    if (isNamed) spoken.set(sourceId, (await library.readCaptions(sourceId))?.cues ?? []);
  }
  const asked = askedOf(new Set([...spoken.values()].flat().flatMap(({ speaker }) => speaker ?? [])), query.text);
  const words = new Set([...asked].flatMap((name) => wordsOf(nameOf(name)).trim().split(' ')));
  const named = new Set(terms.flatMap(({ word }, term) => (words.has(word) ? [term] : [])));
  const hasTopic = terms.some(({ isStop }, term) => !isStop && !named.has(term));
  if (asked.size === 0 || !hasTopic) return undefined;
  const turns = [...spoken].map(([sourceId, cues]) => [sourceId, toTurns(cues, asked)] as const);
  return { named, turns: new Map(turns.filter(([, of]) => of.some(({ isAsked }) => isAsked))) };
}

/** The names that a query says whole, in several words or where it asks who speaks; else those of which it says a word there. */
export function askedOf(names: Iterable<string>, query: string): ReadonlySet<string> {
  const text = wordsOf(query);
  const who = sayingsIn(query);
  const [whole, partly] = [new Set<string>(), new Set<string>()];
  for (const name of names) {
    const said = wordsOf(nameOf(name));
    const words = said.trim().split(' ');
    if (who.some((part) => part.who.includes(said)) || (words.length > 1 && text.includes(said))) whole.add(name);
    else if (words.some((word) => who.some((part) => namesBy(word, part)))) partly.add(name);
  }
  return whole.size > 0 ? whole : partly;
}

/** `the` of `The Chair` names nobody, but `A` of `PhD A` does where it stands alone. */
function namesBy(word: string, { who, lang }: Saying): boolean {
  return who === ` ${word} ` || (!isStopWord(word, lang) && who.includes(` ${word} `));
}

/** `Hon. Mary Ng (Minister of Small Business)`: Mary Ng. */
function nameOf(speaker: string): string {
  return speaker.replace(IN_BRACKETS, '').replace(HONORIFIC, '');
}

function toTurns(cues: readonly Cue[], asked: ReadonlySet<string>): Turn[] {
  const groups: Cue[][] = [];
  for (const cue of cues) {
    if (groups.at(-1)?.[0]!.speaker === cue.speaker) groups.at(-1)!.push(cue);
    else groups.push([cue]);
  }
  return groups.map((of) => ({
    isAsked: of[0]!.speaker !== undefined && asked.has(of[0]!.speaker),
    startMs: of[0]!.startMs,
    endMs: of.at(-1)!.endMs,
    cues: of,
  }));
}

/** Passages of captions cut into what each speaker says of the topic. */
export function cutBySpeaker(
  matches: readonly TimedMatch[],
  turns: readonly Turn[],
  { named }: AskedSpeakers,
  { matcher, terms }: Candidates,
): TimedMatch[] {
  return matches.flatMap(({ passage }) => {
    // Events and headings tell what is said, not by whom.
    if (passage.kind !== 'caption') return [];
    const within = turns.filter((turn) => turn.startMs < passage.endMs && turn.endMs > passage.startMs);
    return within.flatMap((turn) => {
      const cues = turn.cues.filter((cue) => cue.startMs >= passage.startMs && cue.endMs <= passage.endMs);
      const text = cues.map((cue) => cue.text).join(' ');
      const matched = matcher.match(text, passage.lang);
      if (!matched.matches.some(({ term }) => !named.has(term) && !terms[term]!.isStop)) return [];
      return [{ passage: { ...passage, startMs: cues[0]!.startMs, endMs: cues.at(-1)!.endMs, text }, matched }];
    });
  });
}

/** Beginnings in the turns of others count less; so do all where nobody asked about speaks. */
export function preferTurns({ startMs, scores }: Timeline, turns: readonly Turn[] | undefined): Timeline {
  let at = 0;
  const preferred = scores.map((score, i) => {
    while (turns !== undefined && at + 1 < turns.length && turns[at + 1]!.startMs <= startMs[i]!) at++;
    return turns?.[at]!.isAsked === true ? score : score * RANKING.otherSpeakers;
  });
  return { startMs, scores: preferred };
}

/** The turn of somebody asked about, from its beginning if that is near; undefined where others speak. */
export function stretchOfTurn(beginMs: number, turns: readonly Turn[]): Span | undefined {
  const turn = turns.findLast(({ startMs }) => startMs <= beginMs);
  if (turn?.isAsked !== true || turn.endMs <= beginMs) return undefined;
  return { startMs: beginMs - turn.startMs <= RANKING.turnLeadMs ? turn.startMs : beginMs, endMs: turn.endMs };
}
