import { describe, expect, it } from 'vitest';
import { NO_TERM, SourceWords } from '../../src/events/source-words.ts';
import { terms } from '../../src/text/terms.ts';

describe('SourceWords', () => {
  it.each([
    ['en', 'The 3.14 Gradients of numpy.array aren’t computed by set_label'],
    ['fr', "L'erreur des réseaux n'est pas l’erreur du réseau"],
    ['en', 'ﬁnal words … and ＦＵＬＬ width'],
    ['ja', 'GPU で神経網を学習する'],
  ])('finds the terms of a text in %s where `terms` finds them: %s', (lang, text) => {
    const words = new SourceWords(lang);
    const read = words.read(text);
    const stems = words.stems();
    const found = read.words.map(({ term, isStop }, i) => ({
      term: isStop ? '' : stems[term],
      isStop,
      written: read.text.slice(read.spans[2 * i], read.spans[2 * i + 1]),
    }));
    const expected = terms(read.text, lang).map(({ term, isStop, start, end }) => ({
      term: isStop ? '' : term,
      isStop,
      written: read.text.slice(start, end),
    }));
    expect(found).toEqual(expected);
  });

  it('numbers stems in the order in which they are met, function words left out', () => {
    const words = new SourceWords('en');
    const { words: read } = words.read('The kernels and a kernel of neural nets');
    expect(read.map(({ term }) => term)).toEqual([NO_TERM, 0, NO_TERM, NO_TERM, 0, NO_TERM, 1, 2]);
    expect(words.stems()).toEqual(['kernel', 'neural', 'net']);
  });

  it('knows what a word is and what it tells of the next one', () => {
    const [the, first, x, is, number] = new SourceWords('en').read('The example x is 3.5').words;
    expect(the).toMatchObject({ isStop: true, role: 'article' });
    expect(first).toMatchObject({ isWeak: true, isNameable: true });
    expect(x).toMatchObject({ isStop: true, isNameable: false });
    expect(is).toMatchObject({ role: 'subject' });
    expect(number).toMatchObject({ isNumber: true, isStop: false });
  });

  it('gives a word that a dictionary cut the number that its stem has elsewhere', () => {
    const words = new SourceWords('ja');
    const [gpu] = words.read('GPU').words;
    expect(words.wordOf('gpu').term).toBe(gpu!.term);
  });
});
