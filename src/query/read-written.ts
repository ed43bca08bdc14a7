// A model's stream to its answer and the quotes below it. The answer is handed on as it comes; the quotes, and what says that there is
// no answer, are held back.
import type { ChatReport } from '../model/chat/chat-model.ts';
import { NOT_FOUND, QUOTES } from './model-answer-words.ts';

export interface Written {
  readonly answer: string;
  /** By number of passage, as the model wrote them. */
  readonly quotes: ReadonlyMap<number, string>;
  readonly isNotFound: boolean;
  readonly report: ChatReport;
}

/** What models put around a heading: stars, a colon. */
const MARKS = '[^\\p{L}\\p{N}\\n]*';

/** `onText` gets the answer up to where the quotes may begin. */
export async function readWritten(
  stream: AsyncGenerator<string, ChatReport>,
  onText?: (piece: string) => void,
): Promise<Written> {
  let text = '';
  let shown = 0;
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) {
    text += next.value;
    const end = shownEnd(text);
    if (end > shown) onText?.(text.slice(shown, end));
    shown = Math.max(shown, end);
  }
  const body = withoutThinking(text);
  const [answer = '', below = ''] = body.split(new RegExp(`^${MARKS}${QUOTES}${MARKS}$`, 'mu'), 2);
  const isNotFound = answer.includes(NOT_FOUND) || answer.trim() === '';
  if (!isNotFound) {
    const rest = text.slice(shown, text.length - body.length + answer.trimEnd().length);
    if (rest !== '') onText?.(rest);
  }
  return { answer: answer.trim(), quotes: readQuotes(below), isNotFound, report: next.value };
}

/** Up to where the text is an answer for certain: not a line that may become the quotes' heading, nor the words for none. */
function shownEnd(text: string): number {
  const start = text.length - withoutThinking(text).length;
  if (/^\s*<think>/.test(text) && start === 0) return 0;
  const body = text.slice(start);
  const trimmed = body.trimStart();
  if (NOT_FOUND.startsWith(trimmed.slice(0, NOT_FOUND.length)) || trimmed.startsWith(NOT_FOUND)) return 0;
  const heading = body.search(new RegExp(`^${MARKS}${QUOTES}`, 'mu'));
  const end = heading >= 0 ? heading : body.lastIndexOf('\n');
  // A number in brackets is handed on whole.
  const open = /\s*\[(?:p[ages.]*)?[\d\s,.s-]*$/.exec(body)?.index ?? body.length;
  const lastLine = body.slice(body.lastIndexOf('\n') + 1);
  const mayBeHeading = QUOTES.startsWith(lastLine.replace(/^[^\p{L}\p{N}]+/u, ''));
  return start + body.slice(0, heading >= 0 || mayBeHeading ? Math.max(0, end) : open).trimEnd().length;
}

function withoutThinking(text: string): string {
  return text.replace(/^[\s\S]*<\/think>\s*/, '');
}

/** `[2] "the words"`, one a line; the marks may be any, and a number may say more: `[page 2]`, `[605.2-612.4 s]`. */
function readQuotes(below: string): Map<number, string> {
  const quotes = new Map<number, string>();
  for (const [, number, words] of below.matchAll(/^\W*?\[(?:pages?\s+)?(\d+)[\d.,\s-]*s?\]\s*(.+)$/gm)) {
    const quote = words!
      .trim()
      .replace(/^["'“‘«]|["'”’»]$/g, '')
      .trim();
    if (quote !== '' && !quotes.has(Number(number))) quotes.set(Number(number), quote);
  }
  return quotes;
}
