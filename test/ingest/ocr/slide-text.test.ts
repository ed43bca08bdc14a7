import { describe, expect, it } from 'vitest';
import type { OcrLine, OcrResult } from '../../../src/ingest/ocr/ocr-result.ts';
import { slideTextOf } from '../../../src/ingest/ocr/slide-text.ts';

const SIZE = { width: 1280, height: 720 };

function line(text: string, y0: number, heightPx: number, confidence = 90, x0 = 100): OcrLine {
  const bbox = { x0, y0, x1: x0 + text.length * 0.5 * heightPx, y1: y0 + heightPx };
  return { text, bbox, confidence, heightPx, words: [{ text, bbox, confidence }] };
}

const result = (...lines: OcrLine[]): OcrResult => ({
  text: lines.map(({ text }) => text).join('\n'),
  confidence: 80,
  lines,
  turns: 0,
  ...SIZE,
});

const body = [line('Start from a random point', 200, 32), line('Follow the slope', 260, 32)];

describe('the title', () => {
  it('is the line in the largest letters near the top, not the first one', () => {
    expect(slideTextOf(result(line('Lecture 3', 20, 18), line('Gradient Descent', 60, 48), ...body), SIZE).title).toBe(
      'Gradient Descent',
    );
  });

  it('goes on in a second line of the same size straight below', () => {
    expect(
      slideTextOf(result(line('Gradient Descent', 60, 48), line('in Practice', 118, 46), ...body), SIZE).title,
    ).toBe('Gradient Descent in Practice');
  });

  it('is not a large number further down', () => {
    expect(
      slideTextOf(result(line('Our Results', 60, 40), line('Accuracy rose to 83 per cent', 420, 80)), SIZE).title,
    ).toBe('Our Results');
  });

  it('stands in the middle of a title slide', () => {
    expect(slideTextOf(result(line('Deep Learning', 330, 70), line('Spring 2024', 450, 30)), SIZE).title).toBe(
      'Deep Learning',
    );
  });

  it('is no bar of menus', () => {
    const bar = line('File Edit Select View Layer Help Inkwell 3.2', 4, 18);
    expect(slideTextOf(result(bar, line('Autumn Fair', 90, 16), ...body), SIZE).title).not.toContain('File');
  });

  it('is the last command of a terminal, without its prompt', () => {
    const lines = ['$ git init', 'Initialized empty Git repository', '$ git add poster.ink', 'done'];
    const screen = result(...lines.map((text, i) => line(text, 20 + 30 * i, 20)));
    expect(slideTextOf(screen, SIZE).title).toBe('git add poster.ink');
    expect(slideTextOf(result(line('ada@box:~/posters$ make all', 20, 20)), SIZE).title).toBe('make all');
    const slide = result(line('Installing', 40, 60), line('$ npm install lectern', 200, 30));
    expect(slideTextOf(slide, SIZE).title).toBe('Installing');
    expect(slideTextOf(result(line('$ 40 for each desk', 60, 20)), SIZE).title).toBe('$ 40 for each desk');
  });

  it('is empty where nothing is written', () => {
    expect(slideTextOf(result(), SIZE)).toEqual({ title: '', text: '', confidence: 0, lines: [] });
  });
});

describe('noise', () => {
  it.each([
    ['marks without letters', line('~ — | :', 400, 30)],
    ['doubtful scraps', line('ee aq', 400, 30, 35)],
    ['short scraps that are not sure', line('Wi', 400, 30, 60)],
    ['texture in letters of impossible size', line('WWWW WAVA VAWA', 100, 300, 60)],
    ['more marks than letters', line('.:|~ a ;,-| -- ^ b', 400, 30, 80)],
  ])('%s are dropped', (_what, noise) => {
    expect(slideTextOf(result(line('A Title', 60, 40), ...body, noise), SIZE).text).toBe(
      'A Title\nStart from a random point\nFollow the slope',
    );
  });

  it('program text that the engine doubts stays', () => {
    const code = line('print(count_words(sys.argv[1]))', 400, 26, 4);
    expect(slideTextOf(result(line('A Title', 60, 40), code), SIZE).text).toContain('print(count_words');
  });

  it('short sure words and numbers stay', () => {
    expect(
      slideTextOf(result(line('A Title', 60, 40), line('2018', 600, 24, 88), line('N', 650, 24, 92)), SIZE).text,
    ).toBe('A Title\n2018\nN');
  });
});

it('confidence is the mean over the letters kept', () => {
  expect(slideTextOf(result(line('aaaaaaaaaa', 60, 40, 90), line('bbbbb', 200, 30, 60)), SIZE).confidence).toBe(80);
});

describe('the dots of a list', () => {
  const textOf = (...lines: string[]) =>
    slideTextOf(result(...lines.map((text, i) => line(text, 60 * i, 32))), SIZE).text;

  it('are dots again where they were read as other marks', () => {
    expect(textOf('Baking', '» Twice a day', '¢ 20 minutes with lid')).toBe(
      'Baking\n• Twice a day\n• 20 minutes with lid',
    );
  });

  it('or as letters, where a slide has several', () => {
    expect(textOf('Baking', 'e Flour, water, salt', 'e Fold every 30 minutes')).toBe(
      'Baking\n• Flour, water, salt\n• Fold every 30 minutes',
    );
    expect(textOf('Rossi', 'e Bianchi')).toBe('Rossi\ne Bianchi');
  });
});
