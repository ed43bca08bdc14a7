// What a model is asked when it sums a source up: its events or chapters first, what is asked last, so that another language or
// length begins with the same tokens.
import type { Chapter, Event, Place } from '../events/event.ts';
import type { ChatMessage } from '../model/chat/chat-model.ts';
import { languageWithOwnName } from '../text/language-name.ts';
import { formatClock } from '../time.ts';

export interface SummaryWish {
  readonly title: string;
  /** Words of the overview, about. */
  readonly words: number;
  /** BCP 47 code of the language to write in. */
  readonly lang: string;
  /** As the source writes them. */
  readonly terms: readonly string[];
  readonly isTranslation: boolean;
}

export interface Line {
  /** Of the event it is about, from 1; null for the account of a whole part. */
  readonly number: number | null;
  readonly text: string;
}

const SYSTEM =
  'You sum up lectures and documents from the list of their numbered events, and add nothing of your own.\n';

/** `problem`: what was wrong with the answer before. */
export function overviewMessages(wish: SummaryWish, lines: readonly Line[], problem = ''): ChatMessage[] {
  const { words } = wish;
  const form = `{"overview": a text of about ${words} words, "keyPoints": [{"text": one sentence, "event": number of the event it is about}]}`;
  return messagesOf(wish, lines, `Write JSON: ${form}, three to ten key points in order.`, problem);
}

/** `lines`: the chapters', numbered. */
export function chapterMessages(wish: SummaryWish, lines: readonly Line[], problem = ''): ChatMessage[] {
  const form = '{"chapters": [{"chapter": its number, "title", "summary"}]}';
  return messagesOf(wish, lines, `Write JSON: ${form}: title and summary of each of these chapters anew.`, problem);
}

function messagesOf(
  { title, lang, terms, isTranslation }: SummaryWish,
  lines: readonly Line[],
  what: string,
  problem: string,
): ChatMessage[] {
  const name = languageWithOwnName(lang);
  // A reader looks for the source's words: where a translation is usual, the term stands behind it.
  const how = isTranslation ? 'Keep them, in brackets behind a translation where there is a usual one' : 'Use them';
  const kept = terms.length === 0 ? '' : ` The source's own terms are: ${terms.join(', ')}. ${how}.`;
  const again =
    problem === '' ? '' : ` Your last answer was no use: ${problem}. Every sentence has to be ${name}, nothing else.`;
  const question = `${what} Write everything in ${name}; keep technical terms as they are.${kept}${again}`;
  return [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: `${title}\n${lines.map(({ text }) => text).join('')}\n${question}` },
  ];
}

/** `[3] 12:05 Title: summary`, or `[3] page 14 ...`. */
export function numberedLine({ place, title, summary }: Event | Chapter, i: number): Line {
  return { number: i + 1, text: `[${i + 1}] ${startText(place)} ${title}: ${summary}\n` };
}

function startText(place: Place): string {
  return place.kind === 'time' ? formatClock(place.startMs) : `page ${place.pageIndex + 1}`;
}
