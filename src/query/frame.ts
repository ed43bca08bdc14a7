// The frame of a request for an account: `Summarize the discussion about`, `What did they think of`. It says what kind of account is
// asked for; its words are seldom those of the place that is meant, and rare enough to lead to places that happen to say them.
import { verbsOfSaying } from './saying.ts';

const NOUN =
  '(?:discussions?|debates?|conversations?|presentations?|questioning|talks?|details|conclusions?|opinions?|arguments?)';
const ABOUT = '(?:about|on|of|over|regarding|concerning)';
const FRAMES = [
  `^(?:please )?(?:summari[sz]e|describe|explain|outline|recap)(?: the)?(?: ${NOUN} ${ABOUT})?\\b`,
  `^what(?:'s| is| was| were) (?:the|their) ${NOUN} ${ABOUT}\\b`,
  `^what (?:is|was|were) (?:said|discussed|mentioned|debated) ${ABOUT}\\b`,
  '\\bwhen (?:discussing|presenting|talking about)\\b',
].map((source) => new RegExp(source));

/** The words of a query that belong to its frame, lower case. */
export function frameOf(query: string): ReadonlySet<string> {
  const text = query.trim().toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ');
  return new Set([...FRAMES.flatMap((frame) => frame.exec(text)?.[0].split(' ') ?? []), ...verbsOfSaying(text)]);
}
