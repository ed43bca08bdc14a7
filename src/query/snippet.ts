// The part of a text that shows best why it matched: the densest run of different query words, cut at words.
import type { Match } from './match.ts';

const MAX_LENGTH = 220;

/** `weights` of the query's terms decide which words the excerpt should show. White space becomes single spaces. */
export function makeSnippet(text: string, matches: readonly Match[], weights: readonly number[]): string {
  if (text.length <= MAX_LENGTH) return tidy(text);
  const from = densestStart(matches, weights);
  // A little of what comes before makes the excerpt readable.
  const lead = Math.max(0, Math.min(from - 40, text.length - MAX_LENGTH));
  const start = lead === 0 ? 0 : wordStart(text, lead);
  const end = start + MAX_LENGTH >= text.length ? text.length : wordEnd(text, start + MAX_LENGTH);
  return `${start > 0 ? '… ' : ''}${tidy(text.slice(start, end))}${end < text.length ? ' …' : ''}`;
}

function densestStart(matches: readonly Match[], weights: readonly number[]): number {
  let best = { worth: 0, start: 0 };
  for (const { start } of matches) {
    const within = matches.filter((match) => match.start >= start && match.end <= start + MAX_LENGTH - 60);
    const worth = [...new Set(within.map(({ term }) => term))].reduce((sum, term) => sum + (weights[term] ?? 0), 0);
    if (worth > best.worth) best = { worth, start };
  }
  return best.start;
}

function wordStart(text: string, at: number): number {
  const space = text.slice(at, at + 30).search(/\s/);
  return space < 0 ? at : at + space + 1;
}

function wordEnd(text: string, at: number): number {
  const space = text.slice(at - 30, at).search(/\s\S*$/);
  return space < 0 ? at : at - 30 + space;
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
