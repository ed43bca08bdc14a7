// A summary for people: Markdown with links that open, or plain text.
import type { Chapter, Place, Summary } from '../../events/event.ts';
import { linkPage, linkTimes } from '../../query/link.ts';
import type { SourceRecord } from '../../store/library.ts';
import { formatClock } from '../../time.ts';

export interface SourceSummary {
  readonly source: SourceRecord;
  readonly summary: Summary;
  readonly chapters: readonly Chapter[];
}

/** `12:05`, or `p. 31`. */
export function startText(place: Place): string {
  return place.kind === 'time' ? formatClock(place.startMs) : `p. ${place.pageIndex + 1}`;
}

export function placeLink(source: SourceRecord, place: Place): string {
  return place.kind === 'time'
    ? linkTimes(source.path, place.startMs, place.endMs)
    : linkPage(source.path, place.pageIndex);
}

/** Characters that Markdown would take for markup, escaped (CommonMark section 2.4). */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

export function summaryMarkdown({ source, summary, chapters }: SourceSummary): string {
  const link = (place: Place) => `[${startText(place)}](${placeLink(source, place)})`;
  return [
    `# ${escapeMarkdown(source.title.replace(/\s+/g, ' '))}`,
    escapeMarkdown(summary.overview),
    ...(chapters.length > 0 ? ['## Chapters'] : []),
    ...chapters.map((chapter) =>
      [`### ${link(chapter.place)} ${escapeMarkdown(chapter.title)}`, escapeMarkdown(chapter.summary)]
        .filter(Boolean)
        .join('\n\n'),
    ),
    ...(summary.keyPoints.length > 0 ? ['## Key points'] : []),
    summary.keyPoints.map((point) => `- ${link(point.place)} ${escapeMarkdown(point.text)}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

export interface TextStyle {
  readonly bold: (text: string) => string;
  readonly wrap: (text: string, indent?: string) => string;
  /** Of a name: what can stand within a line. */
  readonly inLine: (text: string) => string;
}

export function summaryText({ source, summary, chapters }: SourceSummary, { bold, wrap, inLine }: TextStyle): string {
  const width = Math.max(...[...chapters, ...summary.keyPoints].map(({ place }) => startText(place).length), 4);
  const row = (place: Place, text: string) => {
    const indent = ' '.repeat(width + 4);
    return `  ${startText(place).padStart(width)}  ${wrap(text, indent).trimStart()}`;
  };
  return [
    bold(inLine(source.title)),
    '',
    wrap(summary.overview),
    ...(chapters.length > 0 ? ['', bold('Chapters')] : []),
    ...chapters.map((chapter) => row(chapter.place, chapter.title)),
    ...(summary.keyPoints.length > 0 ? ['', bold('Key points')] : []),
    ...summary.keyPoints.map((point) => row(point.place, point.text)),
  ].join('\n');
}
