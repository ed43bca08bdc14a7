// What a user typed, as words, phrases and exclusions. Any text is a valid query: what is no syntax is a word, and a quotation
// mark that never closes is ignored, so nothing a user types can break the search or reach a database's own syntax.

export interface ParsedQuery {
  /** As typed, up to MAX_QUERY characters. */
  readonly text: string;
  /** Every word that may match, in order, those of phrases included; lower case, not stemmed. */
  readonly words: readonly string[];
  /** Words in order that must occur together: `"learning rate"`. */
  readonly phrases: readonly (readonly string[])[];
  /** Words and phrases that must not occur: `-speech`, `-"learning rate"`. */
  readonly excluded: readonly (readonly string[])[];
}

// An optional minus at the start of a word, then a closed quotation or a run without spaces. Straight and typographic marks.
const part = /(?<=^|\s)(-?)["“”„«]([^"“”„«»]*)["“”»]|(?<=^|\s)(-(?=[\p{L}\p{N}]))?(\S+)/gu;
const word = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’](?=\p{L}))*/gu;

/** A question that was pasted with its quotation marks: nobody looks for it word for word. */
const QUOTED_QUESTION = /^\s*["“„«]([^"“”„«»]*\?)\s*["“”»]\s*$/u;

/** Characters of a query that are looked for: a page of text. Each further word costs time, and says no more about the place. */
export const MAX_QUERY = 2000;

export function parseQuery(typed: string): ParsedQuery {
  const text = beginningOf(typed);
  const question = QUOTED_QUESTION.exec(text)?.[1];
  return { ...parse(question ?? text), text };
}

/** Up to MAX_QUERY characters, in whole words where it has spaces. */
function beginningOf(typed: string): string {
  if (typed.length <= MAX_QUERY) return typed;
  const cut = typed.slice(0, MAX_QUERY);
  return /^[^]*(?=\s)/.exec(cut)?.[0] ?? cut;
}

function parse(text: string): ParsedQuery {
  const words: string[] = [];
  const phrases = new Map<string, string[]>();
  const excluded: string[][] = [];
  for (const [, phraseSign, quoted, wordSign, bare] of text.matchAll(part)) {
    const found = splitWords(quoted ?? bare ?? '');
    if (found.length === 0) continue;
    if (phraseSign || wordSign) {
      excluded.push(found);
      continue;
    }
    words.push(...found);
    if (quoted !== undefined && found.length > 1) phrases.set(found.join(' '), found);
  }
  return { text, words, phrases: [...phrases.values()], excluded };
}

/** Letters and digits with inner apostrophes kept; everything else separates. */
function splitWords(text: string): string[] {
  return (text.normalize('NFC').match(word) ?? []).map((found) => found.toLowerCase().replaceAll('’', "'"));
}
