// A model's text to the list of JSON objects in it, as leniently as can be without guessing: fences, words around the JSON, thinking
// before it, an end that was cut off, a broken entry between good ones. What could not be read is told beside what could.

export interface ReadList<T> {
  readonly entries: readonly T[];
  /** What is wrong with the answer as a whole, in one sentence; undefined where nothing is. */
  readonly problem: string | undefined;
}

/** `readEntry` gives undefined for what is no entry. */
export function readList<T>(answer: string, readEntry: (value: unknown) => T | undefined): ReadList<T> {
  const body = answer.replace(/^[\s\S]*<\/think>/, '');
  const read = (values: readonly unknown[]) => values.map(readEntry).filter((entry) => entry !== undefined);
  const whole = parseWhole(body);
  if (whole !== undefined) {
    const entries = read(whole);
    const numBad = whole.length - entries.length;
    return { entries, problem: numBad > 0 ? `${numBad} of ${whole.length} entries are no events` : undefined };
  }
  const entries = read(salvageObjects(body));
  const kept = entries.length === 1 ? '1 entry was' : `${entries.length} entries were`;
  return { entries, problem: `the answer is not whole JSON; ${kept} kept` };
}

/** The list of events where the text holds one whole JSON document, words and fences around it allowed. */
function parseWhole(body: string): unknown[] | undefined {
  const first = body.search(/[[{]/);
  const last = Math.max(body.lastIndexOf(']'), body.lastIndexOf('}'));
  if (first < 0 || last < first) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.slice(first, last + 1));
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return value as unknown[];
  const list = Object.values(value as object).find(Array.isArray) as unknown[] | undefined;
  return list ?? [value];
}

/** All innermost `{...}` that parse; one that is cut off at the end is closed in its text or behind its last whole field. */
function salvageObjects(body: string): unknown[] {
  const found: unknown[] = [];
  for (let at = body.indexOf('{'); at >= 0;) {
    const end = objectEnd(body, at);
    const isInnermost = !/^\{\s*"[^"]*"\s*:\s*[[{]/.test(body.slice(at));
    const value = !isInnermost
      ? undefined
      : end === undefined
        ? parseCutOff(body.slice(at))
        : parse(body.slice(at, end));
    if (value !== undefined) found.push(value);
    const next = value !== undefined && end !== undefined ? end : at + 1;
    at = body.indexOf('{', next);
  }
  return found;
}

/** Index behind the brace that closes the object, strings minded; undefined where none does. */
function objectEnd(body: string, start: number): number | undefined {
  let depth = 0;
  let isString = false;
  for (let i = start; i < body.length; i++) {
    const character = body[i];
    if (isString) {
      if (character === '\\') i++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return i + 1;
  }
  return undefined;
}

function parseCutOff(rest: string): unknown {
  // Cut off within a text: what there is of it is kept, and ends in an ellipsis.
  const inText = parse(`${rest}…"}`);
  if (inText !== undefined) return inText;
  // Behind a text nothing is missing; a number may lack digits.
  const behindText = /"\s*$/.test(rest) ? parse(`${rest}}`) : undefined;
  if (behindText !== undefined) return behindText;
  for (let at = rest.lastIndexOf(','); at > 0; at = rest.lastIndexOf(',', at - 1)) {
    const value = parse(`${rest.slice(0, at)}}`);
    if (value !== undefined) return value;
  }
  return undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
