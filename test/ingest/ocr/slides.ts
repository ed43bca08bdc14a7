// Slides drawn from SVG at 1280x720, with the words on them: four kinds, four colour themes.
import sharp from 'sharp';

export interface MadeSlide {
  readonly name: string;
  readonly title: string;
  /** Everything written on it. */
  readonly truth: string;
  readonly svg: string;
}

export const SLIDE_SIZE = { width: 1280, height: 720 };

const THEMES = [
  { theme: 'white', back: '#ffffff', text: '#1a1a1a', accent: '#1f4e9c', panel: '#f0f0f0' },
  { theme: 'dark', back: '#14161a', text: '#f2f2f2', accent: '#7fd1ff', panel: '#24272d' },
  { theme: 'blue', back: '#0b2e59', text: '#ffffff', accent: '#ffd34d', panel: '#123d73' },
  { theme: 'cream', back: '#fbf3e0', text: '#3b2f2f', accent: '#a63d2f', panel: '#efe3c8' },
];

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function words(x: number, y: number, text: string, size: number, fill: string, more = ''): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" font-family="DejaVu Sans, Arial, sans-serif" ${more}>${escaped(text)}</text>`;
}

export function makeSlides(): MadeSlide[] {
  return THEMES.flatMap(({ theme, back, text, accent, panel }) => {
    const slide = (kind: string, title: string, truth: string[], body: string): MadeSlide => ({
      name: `${kind}, ${theme}`,
      title,
      truth: [title, ...truth].join('\n'),
      svg:
        `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720"><rect width="1280" height="720" fill="${back}"/>` +
        `${words(70, 95, title, 46, accent, 'font-weight="bold"')}${body}</svg>`,
    });
    const bullets = [
      'Start from a random point and follow the slope',
      'Learning rate 0.01 to 0.1 works for most networks',
      'Momentum averages past gradients',
      'Stop when the validation loss rises for 5 epochs',
    ];
    const code = [
      'import sys',
      'def count(path):',
      '    total = 0',
      '    with open(path) as handle:',
      '        for line in handle:',
      '            total += len(line)',
      '    return total',
    ];
    const rows = [
      ['Model', 'Accuracy', 'Parameters', 'Hours'],
      ['Baseline', '71.4', '12 M', '30'],
      ['Residual', '78.9', '25 M', '14'],
      ['Ours', '83.7', '31 M', '18'],
    ];
    const bars = [120, 180, 150, 260, 330].map((value, index) => ({ value, year: 2018 + index, x: 150 + 210 * index }));
    return [
      slide(
        'bullets',
        'Gradient Descent in Practice',
        [...bullets, 'Lecture 3', '12'],
        bullets
          .map(
            (line, i) =>
              `<circle cx="85" cy="${195 + i * 90}" r="7" fill="${accent}"/>${words(110, 205 + i * 90, line, 32, text)}`,
          )
          .join('') +
          words(70, 695, 'Lecture 3', 18, text) +
          words(1190, 695, '12', 18, text),
      ),
      slide(
        'code',
        'Counting the Letters of a File',
        code,
        `<rect x="60" y="130" width="1160" height="480" rx="8" fill="${panel}"/>` +
          code
            .map(
              (line, i) =>
                `<text x="${90 + (line.length - line.trimStart().length) * 15}" y="${190 + i * 60}" font-size="26" fill="${text}" font-family="DejaVu Sans Mono, monospace">${escaped(line.trim())}</text>`,
            )
            .join(''),
      ),
      slide(
        'table',
        'Results on Three Data Sets',
        rows.map((row) => row.join(' ')),
        rows
          .map(
            (row, i) =>
              `<line x1="70" x2="1210" y1="${170 + i * 110}" y2="${170 + i * 110}" stroke="${text}"/>` +
              row.map((cell, j) => words(90 + j * 290, 240 + i * 110, cell, 30, text)).join(''),
          )
          .join(''),
      ),
      slide(
        'chart',
        'Energy Use by Year',
        [
          'Terawatt hours',
          ...bars.flatMap(({ value, year }) => [String(value), String(year)]),
          'Source: annual report',
        ],
        words(70, 145, 'Terawatt hours', 22, text) +
          bars
            .map(
              ({ value, year, x }) =>
                `<rect x="${x}" y="${600 - value}" width="120" height="${value}" fill="${accent}"/>${words(x + 25, 640, String(year), 24, text)}${words(x + 30, 590 - value, String(value), 22, text)}`,
            )
            .join('') +
          words(70, 700, 'Source: annual report', 18, text),
      ),
    ];
  });
}

export async function drawSlide({ svg }: Pick<MadeSlide, 'svg'>): Promise<Buffer> {
  return sharp(Buffer.from(svg)).png().toBuffer();
}
