import { describe, expect, it } from 'vitest';
import { parseCaptions, type CaptionFormat } from '../../../src/ingest/captions/parse-captions.ts';
import { shiftTimes, timeTag, wordsOf, wordStartsOf } from '../../../src/ingest/captions/word-times.ts';

const cuesOf = (text: string, format: CaptionFormat = 'vtt') =>
  parseCaptions(text, format, { kind: 'file', path: 'x' }, 'en').track.cues;
const said = (text: string, format: CaptionFormat = 'vtt') =>
  cuesOf(text, format).flatMap(({ startMs, text, wordStarts = [] }) =>
    wordsOf(text).map((word, i) => [word, startMs + (wordStarts[i] ?? NaN)]),
  );

const ROLLING = `WEBVTT
Kind: captions
Language: en

00:00:01.000 --> 00:00:02.990 align:start position:0%
 
so<00:00:01.200><c> now</c><00:00:01.640><c> derive</c>

00:00:02.990 --> 00:00:03.000 align:start position:0%
so now derive
 

00:00:03.000 --> 00:00:05.000 align:start position:0%
so now derive
the<00:00:03.400><c> the</c><00:00:04.000><c> rule</c>
`;

describe('times of words', () => {
  it('are read from rolling WebVTT, where a repeated line has none and the first word of a new one its cue’s', () => {
    expect(said(ROLLING)).toEqual([
      ['so', 1000],
      ['now', 1200],
      ['derive', 1640],
      ['the', 3000],
      ['the', 3400],
      ['rule', 4000],
    ]);
  });
  it('are read from json3', () => {
    const segs = [{ utf8: 'so' }, { utf8: ' now', tOffsetMs: 200 }, { utf8: ' we derive', tOffsetMs: 600 }];
    const events = [
      { tStartMs: 5000, dDurationMs: 2000, segs },
      { tStartMs: 6500, aAppend: 1, segs: [{ utf8: '\n' }] },
      { tStartMs: 6600, dDurationMs: 900, segs: [{ utf8: 'written by hand' }] },
    ];
    const cues = cuesOf(JSON.stringify({ events }), 'json');
    // The two words of one segment share the time up to the end.
    expect(cues[0]).toEqual({ startMs: 5000, endMs: 6600, text: 'so now we derive', wordStarts: [0, 200, 600, 1100] });
    expect(cues[1]!.wordStarts).toBeUndefined();
  });
  it('are read from the segments and words of Whisper programs, figures without a time between others', () => {
    const words = [
      { word: ' We', start: 1, end: 1.2 },
      { word: ' have', start: 1.3, end: 1.5 },
      { word: ' 3', end: null },
      { word: '-d', start: 2 },
      { word: ' vectors.', start: 2.5, end: 3 },
    ];
    const segment = { start: 1, end: 3, text: ' We have 3-d vectors.' };
    const timed = cuesOf(JSON.stringify({ segments: [{ ...segment, words }] }), 'json');
    expect(timed).toEqual([
      { startMs: 1000, endMs: 3000, text: 'We have 3-d vectors.', wordStarts: [0, 300, 900, 1500] },
    ]);
    for (const broken of [words.slice(1), 'none', [{ word: 3 }], null]) {
      const untimed = cuesOf(JSON.stringify({ segments: [{ ...segment, words: broken }] }), 'json');
      expect(untimed).toEqual([{ startMs: 1000, endMs: 3000, text: 'We have 3-d vectors.' }]);
    }
    const only = words.map(({ word }, i) => ({ word: word.trim(), start: i, end: i + 0.9 }));
    expect(cuesOf(JSON.stringify({ words: only }), 'json')[0]!.wordStarts).toEqual([0, 1000, 2000, 3000, 4000]);
  });
  it('stay with their words where a speaker’s name comes off', () => {
    const text = 'WEBVTT\n\n00:01.000 --> 00:04.000\nDR. SMITH:<00:01.500> so<00:02.000> we<00:03.000> begin\n';
    expect(cuesOf(text)).toEqual([
      { startMs: 1000, endMs: 4000, text: 'so we begin', speaker: 'DR. SMITH', wordStarts: [500, 1000, 2000] },
    ]);
  });
  it('count characters of Chinese, and no tag inside a word', () => {
    const text = 'WEBVTT\n\n00:00.000 --> 00:02.000\n今<00:00.500>天<00:01.000>好\n';
    expect(cuesOf(text)[0]!.wordStarts).toEqual([0, 500, 1000]);
    const inside = 'WEBVTT\n\n00:00.000 --> 00:02.000\nun<00:00.500>told<00:01.000> things\n';
    expect(cuesOf(inside)[0]).toMatchObject({ text: 'untold things', wordStarts: [0, 1000] });
  });
  it('that run back, lie outside their cue, are all the same or are few, are none', () => {
    const cue = { startMs: 1000, endMs: 3000, text: 'a b c d e' };
    const starts = (...times: number[]) => wordStartsOf(cue, times);
    expect(starts(1000, 1200, 1400, 1600, 1800)).toEqual([0, 200, 400, 600, 800]);
    expect(starts(NaN, NaN, 1400, NaN, 1800)).toBeUndefined();
    expect(starts(1000, 1200, 1100, 1600, 1800)).toBeUndefined();
    expect(starts(900, 1200, 1400, 1600, 1800)).toBeUndefined();
    expect(starts(1000, 1200, 1400, 1600, 3100)).toBeUndefined();
    expect(starts(0, 0, 0, 0, 0)).toBeUndefined();
    expect(starts(1000, 1000, 1000, 1000, 1000)).toBeUndefined();
    expect(starts(1000, 1200)).toBeUndefined();
    expect(wordStartsOf(cue, undefined)).toBeUndefined();
  });
  it('however broken, change no text and no time of a cue', () => {
    let seed = 7;
    const below = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const odd = [
      '<00:00:00.000>',
      '<99:99:99.999>',
      '<00:00:01.5',
      '00:00:02.000>',
      '<c>',
      '</c>',
      '\u{f8ff}',
      '&#xf8ff;',
      '\n',
    ];
    let numTimed = 0;
    for (let round = 0; round < 2000; round++) {
      const parts = Array.from({ length: 1 + below(8) }, () =>
        below(3) === 0
          ? odd[below(odd.length)]!
          : `${timeTag(1000 + below(2400))}${[' word', 'x', ' 好', ' '][below(4)]!}`,
      );
      const file = (payload: string) => `WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nso ${payload}\n`;
      const tagged = cuesOf(file(parts.join('')));
      const bare = cuesOf(file(parts.join('').replace(/<[\d:.]+>/g, '<c>')));
      expect(tagged.map(({ startMs, endMs, text }) => ({ startMs, endMs, text }))).toEqual(bare);
      for (const { startMs, endMs, text, wordStarts } of tagged) {
        if (wordStarts === undefined) continue;
        numTimed++;
        expect(wordStarts).toHaveLength(wordsOf(text).length);
        expect(wordStarts).toEqual(wordStarts.toSorted((a, b) => a - b));
        expect(wordStarts[0]).toBeGreaterThanOrEqual(0);
        expect(wordStarts.at(-1)).toBeLessThanOrEqual(endMs - startMs);
      }
    }
    expect(numTimed).toBeGreaterThan(100);
  });
  it('move with their cue', () => {
    expect(shiftTimes(`so${timeTag(1500)} we <i>go</i>`, 3_600_000)).toBe('so<01:00:01.500> we <i>go</i>');
  });
});
