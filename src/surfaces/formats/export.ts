// A source as a file for other programs: captions as SRT or WebVTT, everything as JSON or Markdown, chapters as a YouTube
// list, events as CSV (RFC 4180).
import type { Chapter, Event } from '../../events/event.ts';
import type { Cue } from '../../ingest/captions/cue.ts';
import type { Page } from '../../ingest/document/page.ts';
import { LecternError } from '../../errors.ts';
import type { SourceRecord } from '../../store/library.ts';
import { formatTimestamp, msToSec } from '../../time.ts';
import { chapterJson, eventJson, sourceJson } from '../json.ts';
import { chaptersYoutube, escapeVtt } from './chapters.ts';
import { escapeMarkdown, placeLink, startText } from './summary.ts';

export type ExportFormat = 'srt' | 'vtt' | 'md' | 'json' | 'youtube' | 'csv';

export interface ExportMaterial {
  readonly source: SourceRecord;
  readonly chapters: readonly Chapter[];
  readonly events: readonly Event[];
  readonly cues: readonly Cue[];
  readonly pages: readonly Page[];
}

/** The captions; where there are none (a silent screen recording), each event's title stands in for what is shown. */
function cuesOf({ source, cues, events }: ExportMaterial, format: string): readonly Cue[] {
  if (cues.length > 0) return cues;
  const titles = events.flatMap(({ place, title }) =>
    place.kind === 'time' ? [{ startMs: place.startMs, endMs: place.endMs, text: title }] : [],
  );
  if (titles.length > 0) return titles;
  throw new LecternError(`${source.title} has nothing with times to write as ${format}`, {
    code: 'FORMAT_NEEDS_TIMES',
    remedy: 'Use --format md, json or csv.',
  });
}

/** SubRip has no field for a speaker: a name stands where its turn begins, as captioners write it. */
function toSrt(material: ExportMaterial): string {
  const cues = cuesOf(material, 'srt');
  return cues
    .map(({ startMs, endMs, text, speaker }, index) => {
      const name = speaker !== undefined && speaker !== cues[index - 1]?.speaker ? `${speaker}: ` : '';
      return `${index + 1}\n${formatTimestamp(startMs, ',')} --> ${formatTimestamp(endMs, ',')}\n${name}${text}\n`;
    })
    .join('\n');
}

function toVtt(material: ExportMaterial): string {
  const cues = cuesOf(material, 'vtt').map(
    ({ startMs, endMs, text, speaker }) =>
      `${formatTimestamp(startMs)} --> ${formatTimestamp(endMs)}\n${speaker ? `<v ${escapeVtt(speaker)}>` : ''}${escapeVtt(text)}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

function toMarkdown({ source, chapters, events }: ExportMaterial): string {
  const lines: string[] = [`# ${escapeMarkdown(source.title)}`];
  const list = (from: number, to: number) => {
    for (const event of events.filter((one) => startOf(one) >= from && startOf(one) < to)) {
      lines.push(
        `- [${startText(event.place)}](${placeLink(source, event.place)}) **${escapeMarkdown(event.title)}** ${escapeMarkdown(event.summary)}`.trimEnd(),
      );
    }
  };
  const starts = [...chapters.map(startOf), Infinity];
  // A cover, contents: what comes before the first chapter.
  list(-Infinity, starts[0]!);
  chapters.forEach((chapter, i) => {
    const { place, title } = chapter;
    lines.push(`## [${startText(place)}](${placeLink(source, place)}) ${escapeMarkdown(title)}`);
    list(starts[i]!, starts[i + 1]!);
  });
  return lines.join('\n\n').replaceAll('\n\n- ', '\n- ');
}

const startOf = ({ place }: Pick<Event | Chapter, 'place'>) =>
  place.kind === 'time' ? place.startMs : place.pageIndex;

function toJson({ source, chapters, events, cues, pages }: ExportMaterial): string {
  return JSON.stringify(
    {
      source: sourceJson(source),
      chapters: chapters.map(chapterJson),
      events: events.map(eventJson),
      captions: cues.map(({ startMs, endMs, wordStarts: _, ...cue }) => ({
        start: msToSec(startMs),
        end: msToSec(endMs),
        ...cue,
      })),
      pages: pages.map(({ pageIndex, label, text }) => ({ page: pageIndex + 1, label, text })),
    },
    null,
    2,
  );
}

function toCsv({ events }: ExportMaterial): string {
  const quote = (value: string | number | null) => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`);
  const rows = events
    .map(eventJson)
    .map(({ start, end, page, title, summary }) => [start, end, page, title, summary].map(quote).join(','));
  return `${['start,end,page,title,summary', ...rows].join('\r\n')}\r\n`;
}

export const exportFormats: Record<ExportFormat, (material: ExportMaterial) => string> = {
  srt: toSrt,
  vtt: toVtt,
  md: toMarkdown,
  json: toJson,
  youtube: ({ source, chapters }) => chaptersYoutube(source, chapters),
  csv: toCsv,
};
