// What of a source is searched: its rows as passages, each with its place. Pure; knows no SQL.
import type { Place } from '../../events/event.ts';
import type { Cue } from '../../ingest/captions/cue.ts';
import type { OutlineEntry, Page } from '../../ingest/document/page.ts';
import type { Passage, PassageKind, SourceContent } from '../library.ts';

export type NewPassage = Omit<Passage, 'id' | 'sourceId' | 'lang'>;

/** The order is part of the file format: a kind is stored as its index here. */
export const PASSAGE_KINDS: readonly PassageKind[] = ['event', 'caption', 'slide', 'page', 'heading'];

// Cues are joined so that a passage holds a thought, and cut where a speaker pauses or a sentence ends.
const MIN_CAPTION_MS = 10_000;
const MAX_CAPTION_MS = 20_000;
const PAUSE_MS = 1_500;
const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;

/** All passages of a source, kind by kind in the order of PASSAGE_KINDS, each kind in order of place. */
export function derivePassages(content: SourceContent): NewPassage[] {
  return [
    ...eventPassages(content),
    ...captionPassages(content.captions?.cues ?? []),
    ...slidePassages(content),
    ...pagePassages(content),
    ...headingPassages(content),
  ];
}

function eventPassages({ events }: SourceContent): NewPassage[] {
  return events.map(({ place, title, summary }) => ({ kind: 'event', ...whereOf(place), title, text: summary }));
}

/** Each begins and ends exactly where a cue does; its title says who speaks, so that what somebody says is found by their name. */
function captionPassages(cues: readonly Cue[]): NewPassage[] {
  const groups: Cue[][] = [];
  let group: Cue[] = [];
  for (const cue of cues) {
    if (group.length > 0 && endsBefore(cue, group)) {
      groups.push(group);
      group = [];
    }
    group.push(cue);
  }
  if (group.length > 0) groups.push(group);
  return groups.map((members) => ({
    kind: 'caption',
    startMs: members[0]!.startMs,
    endMs: Math.max(...members.map(({ endMs }) => endMs)),
    pageIndex: null,
    title: [...new Set(members.flatMap(({ speaker }) => speaker ?? []))].join(', '),
    text: members.map(({ text }) => text).join(' '),
  }));
}

function endsBefore(next: Cue, group: readonly Cue[]): boolean {
  const first = group[0]!;
  const last = group.at(-1)!;
  if (next.endMs - first.startMs > MAX_CAPTION_MS) return true;
  const longEnough = last.endMs - first.startMs >= MIN_CAPTION_MS;
  const newSpeaker = next.speaker !== undefined && next.speaker !== last.speaker;
  return longEnough && (newSpeaker || next.startMs - last.endMs >= PAUSE_MS || SENTENCE_END.test(last.text));
}

/** One for each time a slide state was shown: a slide that comes back can be found at every showing. */
function slidePassages({ slides, slideTexts }: SourceContent): NewPassage[] {
  const textOf = new Map(slideTexts.map((text) => [`${text.slideIndex}.${text.stateIndex}`, text]));
  const passages = slides.flatMap(({ slideIndex, stateIndex, spans }) => {
    const read = textOf.get(`${slideIndex}.${stateIndex}`);
    if (!read || (read.text === '' && read.title === '')) return [];
    return spans.map(({ startMs, endMs }): NewPassage => {
      return { kind: 'slide', startMs, endMs, pageIndex: null, title: read.title, text: read.text };
    });
  });
  return passages.sort((a, b) => a.startMs! - b.startMs!);
}

function pagePassages({ pages, document }: SourceContent): NewPassage[] {
  const entries = Map.groupBy(document?.outline ?? [], ({ pageIndex }) => pageIndex);
  return pages.flatMap((page): NewPassage[] => {
    const title = titlesOfPage(page, entries.get(page.pageIndex) ?? []).join(' · ');
    if (page.text === '' && title === '') return [];
    return [{ kind: 'page', startMs: null, endMs: null, pageIndex: page.pageIndex, title, text: page.text }];
  });
}

/** Outline entries that open the page and headings on it, without repeats. */
function titlesOfPage({ headings }: Page, opening: readonly OutlineEntry[]): string[] {
  return withoutRepeats([...opening.map(({ title }) => title), ...headings.map(({ text }) => text)]);
}

function headingPassages({ pages, document, chapters }: SourceContent): NewPassage[] {
  const headingAt = (pageIndex: number, title: string): NewPassage => {
    return { kind: 'heading', startMs: null, endMs: null, pageIndex, title, text: '' };
  };
  const ofPages = new Map<number, string[]>();
  const add = (pageIndex: number, title: string) => ofPages.set(pageIndex, [...(ofPages.get(pageIndex) ?? []), title]);
  for (const { title, pageIndex } of document?.outline ?? []) if (pageIndex !== null) add(pageIndex, title);
  for (const { pageIndex, headings } of pages) for (const { text } of headings) add(pageIndex, text);
  for (const { place, title } of chapters) if (place.kind === 'pages') add(place.pageIndex, title);

  const timed = chapters.flatMap(({ place, title }): NewPassage[] =>
    place.kind === 'time' ? [{ kind: 'heading', ...whereOf(place), title, text: '' }] : [],
  );
  const paged = [...ofPages]
    .sort(([a], [b]) => a - b)
    .flatMap(([pageIndex, titles]) => withoutRepeats(titles).map((title) => headingAt(pageIndex, title)));
  return [...timed, ...paged];
}

function withoutRepeats(titles: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const title of titles) {
    const key = title.trim().toLowerCase().replace(/\s+/g, ' ');
    if (key !== '' && !seen.has(key)) seen.set(key, title);
  }
  return [...seen.values()];
}

function whereOf(place: Place): Pick<NewPassage, 'startMs' | 'endMs' | 'pageIndex'> {
  return place.kind === 'time'
    ? { startMs: place.startMs, endMs: place.endMs, pageIndex: null }
    : { startMs: null, endMs: null, pageIndex: place.pageIndex };
}
