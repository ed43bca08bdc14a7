import { describe, expect, it } from 'vitest';
import { toUtterances } from '../../src/events/utterances.ts';

const cue = (startMs: number, endMs: number, text: string, speaker?: string) => ({
  startMs,
  endMs,
  text,
  ...(speaker !== undefined && { speaker }),
});

describe('toUtterances', () => {
  it('joins a sentence over cues and reads its times off the characters inside them', () => {
    const found = toUtterances([cue(0, 1000, 'One two. Three'), cue(1000, 2000, 'four five. Six.')], 'en');
    expect(found.map((one) => one.text)).toEqual(['One two.', 'Three four five.', 'Six.']);
    expect(found[0]!.startMs).toBe(0);
    expect(found[1]!.startMs).toBe(643);
    expect(found[1]!.endMs).toBe(1667);
    expect(found[2]!.endMs).toBe(2000);
  });
  it('never joins two speakers, nor speech across five seconds of silence', () => {
    const cues = [cue(0, 1000, 'so I', 'Ann'), cue(1000, 2000, 'what is', 'Bob'), cue(9000, 9500, 'it', 'Bob')];
    const found = toUtterances(cues, 'en');
    expect(found.map((one) => [one.speaker, one.text, one.pauseMs])).toEqual([
      ['Ann', 'so I', 0],
      ['Bob', 'what is', 0],
      ['Bob', 'it', 7000],
    ]);
  });
  it('cuts 120 unpunctuated words at pauses, each word in exactly one utterance', () => {
    const lines = Array.from(
      { length: 15 },
      (_, i) => `${i % 3 === 0 ? 'so now' : 'plain words'} number ${i} of this long talk`,
    );
    const cues = lines.map((line, i) => cue(i * 3000, i * 3000 + 2500, line));
    const found = toUtterances(cues, 'en');
    expect(found.length).toBeGreaterThan(3);
    expect(found.map((one) => one.text).join(' ')).toBe(lines.join(' '));
    for (const one of found) expect(one.text.split(' ').length).toBeLessThanOrEqual(42);
    for (const one of found) expect(one.startMs % 3000).toBe(0);
  });
  it('cuts lower-case lines that end anywhere where sentences do', () => {
    const said = [
      'today we talk about the gradient of a function',
      'so what is a gradient',
      "it's the direction in which the function grows fastest",
      'now the length of this vector tells you how fast',
      "okay let's look at an example",
    ];
    const words = said.join(' ').split(' ');
    const cues = Array.from({ length: Math.ceil(words.length / 5) }, (_, i) =>
      cue(i * 2000, i * 2000 + 2000, words.slice(5 * i, 5 * i + 5).join(' ')),
    );
    expect(toUtterances(cues, 'en').map(({ text }) => text)).toEqual(said);
  });
  it('leaves a sentence of thirty words alone where others are punctuated', () => {
    const long = `The model of ${'very '.repeat(20)}long words is so big that we can now train it.`;
    const found = toUtterances([cue(0, 9000, `We begin. ${long} That is all.`)], 'en');
    expect(found.map(({ text }) => text)).toEqual(['We begin.', long, 'That is all.']);
  });
  it('takes no I for the beginning of a sentence by its capital', () => {
    const found = toUtterances([cue(0, 9000, 'First we begin. What I think and what I see now is a picture.')], 'en');
    expect(found.length).toBe(2);
  });
  it('cuts unpunctuated Chinese at cue borders', () => {
    const cues = Array.from({ length: 12 }, (_, i) => cue(i * 2000, i * 2000 + 1900, '我们一直坚信每个人都应该有机会'));
    const found = toUtterances(cues, 'zh');
    expect(found.length).toBeGreaterThan(2);
    for (const one of found) expect(one.startMs % 2000).toBe(0);
  });
  it('keeps every word of 50,000 cues with capitals and no full stop, in order and in pieces that read as sentences', () => {
    const words = 'the Python I learn of Anna is'.split(' ');
    const cues = Array.from({ length: 50_000 }, (_, i) => cue(3000 * i, 3000 * i + 3000, words.join(' ')));
    const found = toUtterances(cues, 'en');
    const said = found.flatMap(({ text }) => text.split(' '));
    expect(said.length).toBe(50_000 * words.length);
    expect(said.every((word, i) => word === words[i % words.length])).toBe(true);
    expect(Math.max(...found.map(({ text }) => text.split(' ').length))).toBeLessThanOrEqual(84);
  });
  it('leaves sounds out and finds nothing in nothing', () => {
    expect(toUtterances([cue(0, 1000, '[Applause]')])).toEqual([]);
    expect(toUtterances([])).toEqual([]);
  });
});
