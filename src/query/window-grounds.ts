// A question put to a window that a model has read: its prompt begins as the window's did, so that only the question runs. What the
// search finds elsewhere in the source stands behind the window; nothing that it finds is left out.
import type { Event } from '../events/event.ts';
import type { ChatMessage, RequestBeginning } from '../model/chat/chat-model.ts';
import type { Library, SourceRecord } from '../store/library.ts';
import { messagesAbout, type WindowBeginning } from '../windows/window-beginning.ts';
import { spokenLine } from '../windows/timeline.ts';
import type { Hit } from './hit.ts';
import { NOT_FOUND, QUOTES } from './model-answer-words.ts';
import { evidenceOfSource, type NumberedEvidence } from './model-evidence.ts';

export type WindowPlace = Event['place'];

/** A window that a model has read. */
export interface ReadWindow {
  readonly place: WindowPlace;
  /** What its prompt begins with; undefined where that was not kept. */
  beginning(): Promise<WindowBeginning | undefined>;
}

/** What an answer is written from: the prompt, and the passages that it may rest on. */
export interface Grounds {
  readonly messages: readonly ChatMessage[];
  /** What the next question begins with too. */
  readonly reusable?: RequestBeginning;
  readonly evidence: readonly NumberedEvidence[];
  /** Marks in brackets may be places, as `[605.2 s]` and `[page 12]`, not numbers alone. */
  readonly marksPlaces?: boolean;
}

/** Whether a passage stands in the window. */
export function holds(place: WindowPlace, { startMs, pageIndex }: Pick<Hit, 'startMs' | 'pageIndex'>): boolean {
  if (place.kind === 'pages') {
    return pageIndex !== null && pageIndex >= place.pageIndex && pageIndex < place.endPageIndex;
  }
  return startMs !== null && startMs >= place.startMs && startMs < place.endMs;
}

/** `beginning`: what the prompt of the window at that place began with. `found`: best first, all of this source. */
export async function windowGrounds(
  library: Library,
  source: SourceRecord,
  { place, beginning }: { readonly place: WindowPlace; readonly beginning: WindowBeginning },
  { question, found }: { readonly question: string; readonly found: readonly NumberedEvidence[] },
): Promise<Grounds> {
  const elsewhere = found.filter(({ hit }) => !holds(place, hit));
  const whole = await evidenceOfSource(library, source);
  const evidence = whole
    .filter((one) => touches(place, one.hit) || elsewhere.some(({ hit }) => touches(placeOf(hit), one.hit)))
    .map((one) => (place.kind === 'pages' ? one : numberedBySecond(one)));
  const ending = `${elsewhereText(elsewhere)}${request(place, question)}`;
  return { ...messagesAbout(beginning, ending), evidence, marksPlaces: true };
}

function placeOf({ startMs, endMs, pageIndex }: Hit): WindowPlace {
  if (startMs !== null) return { kind: 'time', startMs, endMs: endMs ?? startMs + 1 };
  return { kind: 'pages', pageIndex: pageIndex ?? 0, endPageIndex: (pageIndex ?? 0) + 1 };
}

function touches(place: WindowPlace, hit: Hit): boolean {
  if (place.kind === 'pages') return holds(place, hit);
  const { startMs, endMs } = hit;
  return startMs !== null && startMs < place.endMs && (endMs ?? startMs) > place.startMs;
}

/** Models name the second at which something is said: any of a passage stands for it. */
function numberedBySecond(evidence: NumberedEvidence): NumberedEvidence {
  const { startMs, endMs } = evidence.hit;
  const number = Math.floor((startMs ?? 0) / 1000);
  return { ...evidence, number, lastNumber: Math.max(number, Math.ceil((endMs ?? 0) / 1000)) };
}

/** As windows show them. */
function elsewhereText(passages: readonly NumberedEvidence[]): string {
  const text = passages.map(({ hit, lines }) => {
    if (hit.startMs === null)
      return `[page ${(hit.pageIndex ?? 0) + 1}]\n${lines.map((line) => line.text).join(' ')}\n\n`;
    const { startMs, endMs } = hit;
    return lines
      .map((line) =>
        spokenLine({ text: line.text, startMs: line.startMs ?? startMs, endMs: line.endMs ?? endMs ?? startMs }),
      )
      .join('');
  });
  return text.length === 0 ? '' : `From elsewhere in it:\n${text.join('')}\n`;
}

function request({ kind }: WindowPlace, question: string): string {
  const [what, mark, example] =
    kind === 'pages'
      ? ['these pages', 'the number of its page, as it stands above the text', '[12]']
      : ['this recording', 'the second at which it is said or shown', '[605]'];
  return `Answer a question from what ${what} tell${kind === 'pages' ? '' : 's'}, and from nothing else. Question: ${question}
Answer in the language of the question, in one to four sentences, and put behind each statement ${mark}, in brackets, like this ${example}. Then write a line that says ${QUOTES}, and below it one line for each place you used: its number in brackets and the words it rests on, copied exactly, like this: ${example} "the words". Where the answer is not there, write only: ${NOT_FOUND}`;
}
