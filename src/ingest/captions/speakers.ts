// Speakers written into the text: `>> DR. SMITH: so`, `(Anna): yes`, `- Hello`. A capitalised name and a colon count as a
// speaker when the same name introduces several cues, because "Note: this" looks the same once.

const PREFIX =
  /^(?:>{2,3}\s*|[-–—]\s+)?(?:\[([^\]]{2,40})\]|\(([^)]{2,40})\)|(\p{L}[\p{L}\p{M}.'’ -]{0,38}[\p{L}\p{M}.\d]))\s*:\s+(?=\S)/u;
const TURN_MARK = /^(?:>{2,3}\s*|[-–—]\s+(?=\S))/;
const MIN_OCCURRENCES = 3;
const SENTENCE_END = /[.!?…。！？]["'”’)\]]*$/u;
/** Share of the nameless cues after a named one that begin in the middle of its sentence. */
const MIN_RUN_ON = 0.25;

export interface SpokenText {
  readonly text: string;
  readonly speaker?: string;
}

/** Moves speaker names from the texts of a track to their field. Takes and returns the texts in order. */
export function liftSpeakers<T extends SpokenText>(cues: readonly T[]): T[] {
  const counts = new Map<string, number>();
  for (const cue of cues) {
    const name = prefixOf(cue.text)?.name;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const marked = cues.map((cue): Marked<T> => {
    const prefix = prefixOf(cue.text);
    if (prefix !== undefined && isSpeaker(prefix.name, counts)) {
      const named = { ...cue, text: cue.text.slice(prefix.length), speaker: cue.speaker ?? prefix.name };
      return { cue: named, beginsTurn: true };
    }
    const text = cue.text.replace(TURN_MARK, '');
    return { cue: { ...cue, text }, beginsTurn: cue.speaker !== undefined || text.length < cue.text.length };
  });
  return namesOpenTurns(marked) ? carryNames(marked) : marked.map(({ cue }) => cue);
}

interface Marked<T> {
  readonly cue: T;
  /** It names its speaker, or a mark says that somebody else speaks. */
  readonly beginsTurn: boolean;
}

/**
 * Whether a name stands where its speaker begins, and not on each cue: sentences go on from cues with a name to cues without.
 * Elsewhere a cue without a name is anybody's.
 */
function namesOpenTurns<T extends SpokenText>(marked: readonly Marked<T>[]): boolean {
  let [numAfterNames, numRunOn] = [0, 0];
  for (let i = 1; i < marked.length; i++) {
    const { cue } = marked[i - 1]!;
    if (cue.speaker === undefined || marked[i]!.beginsTurn) continue;
    numAfterNames++;
    if (!SENTENCE_END.test(cue.text) && /^\P{Lu}/u.test(marked[i]!.cue.text)) numRunOn++;
  }
  return numRunOn > 0 && numRunOn >= MIN_RUN_ON * numAfterNames;
}

function carryNames<T extends SpokenText>(marked: readonly Marked<T>[]): T[] {
  let speaker: string | undefined;
  return marked.map(({ cue, beginsTurn }) => {
    if (beginsTurn) speaker = cue.speaker;
    return speaker === undefined ? cue : { ...cue, speaker };
  });
}

function isSpeaker(name: string, counts: ReadonlyMap<string, number>): boolean {
  const isCapitals = /\p{Lu}{2}/u.test(name) && name === name.toUpperCase();
  return (isCapitals && name.length > 3) || counts.get(name)! >= MIN_OCCURRENCES;
}

function prefixOf(text: string): { name: string; length: number } | undefined {
  const match = PREFIX.exec(text);
  if (match === null) return undefined;
  const name = (match[1] ?? match[2] ?? match[3]!).trim();
  // "and then he said: no" is a sentence; a name begins with a capital, in scripts that have them, and is short.
  if (/^\p{Ll}/u.test(name) || name.split(/\s+/).length > 4) return undefined;
  return { name, length: match[0].length };
}
