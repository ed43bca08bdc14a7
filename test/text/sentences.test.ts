import { describe, expect, it } from 'vitest';
import { sentences } from '../../src/text/sentences.ts';

const texts = (text: string) => sentences(text).map((sentence) => sentence.text);

describe('sentences', () => {
  it('does not end a sentence at abbreviations, initials, versions and decimals', () => {
    const first = 'Dr. A. Turing, e.g. in Fig. 3, used version 2.1.0 vs. 3.14 of it.';
    expect(texts(`${first} Then he stopped.`)).toEqual([first, 'Then he stopped.']);
    expect(texts('Das gilt z.B. für Bilder. Und nun?')).toEqual(['Das gilt z.B. für Bilder.', 'Und nun?']);
    expect(texts('Es beginnt am 1. Mai. Im 19. Jahrhundert galt der 2. Satz.')).toHaveLength(2);
    expect(texts('It took place in 19. Nobody knows.')).toHaveLength(2);
  });
  it('lets "no." and "C." end a sentence where they are words', () => {
    expect(texts('He said no. She left.')).toEqual(['He said no.', 'She left.']);
    expect(texts('It is vitamin C. Eat it.')).toEqual(['It is vitamin C.', 'Eat it.']);
  });
  it('keeps an enumerator with its item, and items apart', () => {
    expect(texts('1. Open the lid.\n2. Press start')).toEqual(['1. Open the lid.', '2. Press start']);
  });
  it('reads across line wrapping but not across a blank line or a heading', () => {
    const page =
      'Limitations\n\nThe range of a variable may be\nchanged with care. It is kept in the\nterminal settings file.\nOutput\nThe output of each command is shown here.';
    expect(texts(page)).toEqual([
      'Limitations',
      'The range of a variable may be changed with care.',
      'It is kept in the terminal settings file.',
      'Output',
      'The output of each command is shown here.',
    ]);
  });
  it('keeps the lines of a slide apart, but for a line that the next one has to complete', () => {
    expect(texts('At most 30 days a year\nAsk six weeks before\nEU countries only')).toHaveLength(3);
    expect(texts('The salt road between Hamburg and\nLübeck')).toHaveLength(1);
    expect(texts('Passwords of fourteen\ncharacters or more')).toHaveLength(1);
  });
  it('joins the lines of a narrow column, where names begin some of them, and of figures', () => {
    const column =
      'All of the runs were trained using\nAdam with a rate that was lowered by\nhalf after each of them, as it\nhas been done since the method of\nBach.';
    expect(texts(column)).toHaveLength(1);
    expect(texts('Sales     12\nCosts     7\nTaxes     3')).toHaveLength(1);
  });
  it('gives offsets into the text as it was', () => {
    const text = '  One line\r\nwrapped here.  Two.';
    const [one, two] = sentences(text);
    expect(text.slice(one!.start, one!.end)).toBe('One line\r\nwrapped here.');
    expect(text.slice(two!.start, two!.end)).toBe('Two.');
  });
  it('cuts Chinese, Japanese, Hindi and Arabic', () => {
    expect(texts('这是第一句。这是第二句！')).toHaveLength(2);
    expect(texts('これは文です。次の文です。')).toHaveLength(2);
    expect(texts('यह पहला है। यह दूसरा है।')).toHaveLength(2);
    expect(texts('هل انتهيت؟ نعم.')).toHaveLength(2);
  });
  it('finds none in nothing', () => {
    expect(texts('')).toEqual([]);
    expect(texts(' \n\n ')).toEqual([]);
  });
});
