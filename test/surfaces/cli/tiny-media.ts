// The smallest inputs that have everything the contract speaks of: a caption file, a PDF with outline and page labels, a video with
// captions beside it and one with a subtitle stream inside.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Six cues, 5 seconds each. */
export const BAKING = [
  'Sourdough bread rises because wild yeast ferments the flour.',
  'Feed the starter with equal parts of water and flour every morning.',
  'Let the dough rest for thirty minutes before you add the salt.',
  'Fold the dough four times instead of kneading it.',
  'Bake the loaf in a hot iron pot at two hundred and forty degrees.',
  'Let the bread cool on a rack before you cut it.',
];

const ASTRONOMY = ['Saturn has rings made of ice and rock.', 'Jupiter is the largest planet of the solar system.'];
const SAILING = ['A bowline knot makes a loop that does not slip.', 'Reef the mainsail early when the wind freshens.'];

/** Three pages labelled i, 1, 2, each with an outline entry of its heading. */
export const MANUAL: readonly {
  readonly label: string;
  readonly heading: string;
  readonly lines: readonly string[];
}[] = [
  {
    label: 'i',
    heading: 'About this pump',
    lines: ['This manual describes the garden pump model 300.', 'Keep it in a dry place.'],
  },
  {
    label: '1',
    heading: 'Cleaning the filter',
    lines: ['Unscrew the grey lid and rinse the filter with warm water.', 'Clean the filter every six weeks.'],
  },
  {
    label: '2',
    heading: 'Frost protection',
    lines: ['Drain the pump completely before the first frost.', 'Ice can crack the impeller housing.'],
  },
];

export interface TinyMedia {
  readonly folder: string;
  readonly transcript: string;
  readonly manual: string;
  readonly captionedVideo: string;
  readonly subtitledVideo: string;
}

export async function writeTinyMedia(folder: string): Promise<TinyMedia> {
  await mkdir(folder, { recursive: true });
  const at = (name: string): string => path.join(folder, name);
  const media: TinyMedia = {
    folder,
    transcript: at('baking.vtt'),
    manual: at('pump.pdf'),
    captionedVideo: at('planets.mp4'),
    subtitledVideo: at('sailing.mkv'),
  };
  await writeFile(media.transcript, toVtt(BAKING));
  await writeFile(media.manual, toPdf());
  await writeFile(at('planets.vtt'), toVtt(ASTRONOMY));
  await makeVideo(media.captionedVideo, []);
  const subtitles = path.join(folder, '..', 'sailing.vtt');
  await writeFile(subtitles, toVtt(SAILING));
  await makeVideo(media.subtitledVideo, ['-i', subtitles, '-c:s', 'srt']);
  return media;
}

function toVtt(sentences: readonly string[]): string {
  const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 23);
  const blocks = sentences.map((text, index) => `${stamp(index * 5)} --> ${stamp(index * 5 + 5)}\n${text}`);
  return `WEBVTT\n\n${blocks.join('\n\n')}\n`;
}

/** Ten seconds of 320x180 at 10 fps: five of one test card, five of another, and a tone. */
async function makeVideo(file: string, subtitleOptions: readonly string[]): Promise<void> {
  const picture = 'smptebars=s=320x180:r=10:d=5[a];rgbtestsrc=s=320x180:r=10:d=5[b];[a][b]concat';
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', 'sine=d=10', ...subtitleOptions];
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...inputs, '-pix_fmt', 'yuv420p', file]);
}

/** A PDF written by hand: catalogue, pages, one font, contents, an outline, page labels, and the cross-reference table. */
function toPdf(): string {
  const numPages = MANUAL.length;
  const pageId = (index: number): number => 4 + 2 * index;
  const entryId = (index: number): number => 5 + 2 * numPages + index;
  const outlineId = 4 + 2 * numPages;
  const objects = new Map<number, string>([
    [
      1,
      `<< /Type /Catalog /Pages 2 0 R /Outlines ${outlineId} 0 R /PageLabels << /Nums [0 << /S /r >> 1 << /S /D >>] >> >>`,
    ],
    [2, `<< /Type /Pages /Count ${numPages} /Kids [${MANUAL.map((_, index) => `${pageId(index)} 0 R`).join(' ')}] >>`],
    [3, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'],
    [outlineId, `<< /Type /Outlines /First ${entryId(0)} 0 R /Last ${entryId(numPages - 1)} 0 R /Count ${numPages} >>`],
  ]);
  for (const [index, page] of MANUAL.entries()) {
    const content = [
      `BT /F1 20 Tf 72 720 Td (${page.heading}) Tj ET`,
      ...page.lines.map((line, row) => `BT /F1 11 Tf 72 ${680 - 16 * row} Td (${line}) Tj ET`),
    ].join('\n');
    objects.set(
      pageId(index),
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] ' +
        `/Resources << /Font << /F1 3 0 R >> >> /Contents ${pageId(index) + 1} 0 R >>`,
    );
    objects.set(pageId(index) + 1, `<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    const previous = index > 0 ? ` /Prev ${entryId(index - 1)} 0 R` : '';
    const next = index < numPages - 1 ? ` /Next ${entryId(index + 1)} 0 R` : '';
    const destination = `/Dest [${pageId(index)} 0 R /Fit]`;
    objects.set(
      entryId(index),
      `<< /Title (${page.heading}) /Parent ${outlineId} 0 R ${destination}${previous}${next} >>`,
    );
  }
  let pdf = '%PDF-1.4\n';
  const offsets: number[] = [];
  const size = objects.size + 1;
  for (let id = 1; id < size; id += 1) {
    offsets.push(pdf.length);
    pdf += `${id} 0 obj\n${objects.get(id)}\nendobj\n`;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return `${pdf}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
}
