import { describe, expect, it } from 'vitest';
import { toPhrases } from '../../src/events/phrases.ts';
import { toUtterances } from '../../src/events/utterances.ts';
import type { Cue } from '../../src/ingest/captions/cue.ts';

/** Cues of so many words each; a number is a pause in ms on top of the 60 ms that each letter, and two more, take. */
function spoken(wordsPerCue: number, ...script: (string | number)[]): Cue[] {
  const words: { word: string; ms: number }[] = [];
  let ms = 1000;
  for (const part of script) {
    if (typeof part === 'number') ms += part;
    else
      for (const word of part.split(' ')) {
        words.push({ word, ms });
        ms += 60 * (word.length + 2);
      }
  }
  return Array.from({ length: Math.ceil(words.length / wordsPerCue) }, (_, i) => {
    const own = words.slice(i * wordsPerCue, (i + 1) * wordsPerCue);
    const startMs = own[0]!.ms;
    const endMs = words[(i + 1) * wordsPerCue]?.ms ?? ms;
    return {
      startMs,
      endMs,
      text: own.map(({ word }) => word).join(' '),
      wordStarts: own.map((one) => one.ms - startMs),
    };
  });
}

describe('toPhrases', () => {
  it('cuts timed cues at pauses and nowhere else, and says when each ends', () => {
    const cues = spoken(
      4,
      'green ideas sleep furiously tonight',
      700,
      'colourless things never do that',
      200,
      'at all',
    );
    expect(toPhrases(cues).map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [1000, 3460, 'green ideas sleep furiously tonight'],
      [4160, 7120, 'colourless things never do that at all'],
    ]);
  });
  it('keeps every word with its time', () => {
    const cues = spoken(3, 'one two three four', 900, 'five six', 2000, 'seven');
    const times = (of: readonly Cue[]) =>
      of.flatMap(({ startMs, wordStarts }) => wordStarts!.map((ms) => startMs + ms));
    expect(times(toPhrases(cues))).toEqual(times(cues));
    expect(
      toPhrases(cues)
        .map(({ text }) => text)
        .join(' '),
    ).toBe(cues.map(({ text }) => text).join(' '));
  });
  it('joins no two speakers, and leaves cues without times of words as they are', () => {
    const [first, second] = spoken(2, 'so we go on') as [Cue, Cue];
    const plain = { startMs: 9000, endMs: 9500, text: 'and on' };
    const cues = [{ ...first, speaker: 'Ann' }, { ...second, speaker: 'Bob' }, plain];
    expect(toPhrases(cues).map(({ text, speaker }) => [text, speaker])).toEqual([
      ['so we', 'Ann'],
      ['go on', 'Bob'],
      ['and on', undefined],
    ]);
    expect(toPhrases([plain])).toEqual([plain]);
    expect(toPhrases([])).toEqual([]);
  });
});

describe('utterances of timed words', () => {
  const said = [
    'green ideas sleep furiously in most of the modern grammars',
    'colourless things never do that before dinner is ready',
    'people who read them agree about the meaning of such words',
    'children learn these rules without a teacher at home',
  ];
  it('are cut where the speaker pauses, and begin with the very word', () => {
    const talk = [...said, ...said, ...said];
    const cues = spoken(5, ...talk.flatMap((sentence) => [sentence, 800]));
    const found = toUtterances(cues, 'en');
    expect(found.map(({ text }) => text)).toEqual(talk);
    let ms = 1000;
    for (const [i, sentence] of talk.entries()) {
      expect(found[i]!.startMs).toBe(ms);
      ms += sentence.split(' ').reduce((sum, word) => sum + 60 * (word.length + 2), 0);
      expect(found[i]!.endMs).toBe(ms);
      ms += 800;
    }
  });
  it('that are punctuated have the times of their words as well', () => {
    const [cue] = spoken(9, 'All done.', 1500, 'We go on now.') as [Cue];
    expect(toUtterances([cue], 'en').map(({ text, startMs }) => [text, startMs])).toEqual([
      ['All done.', 1000],
      ['We go on now.', 1000 + 60 * (5 + 7) + 1500],
    ]);
  });
});
