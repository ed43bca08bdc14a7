// --queries FILE: one query a line, either its plain text or a JSON object {"query", "source"}; `-` reads standard input. One JSON
// object a line comes out, in order; a query that fails has its error in its place, and the others are answered all the same.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { InputError, toErrorDetail, UsageError } from '../../errors.ts';
import { decodeText } from '../../ingest/captions/decode-text.ts';
import { AmbiguousSourceError } from '../../store/errors.ts';
import type { SearchOptions } from '../api/requests.ts';
import { printJson } from './print.ts';
import { EXIT } from './exit.ts';

const queryLine = z.object({ query: z.string(), source: z.string().optional() });

interface QueryLine {
  readonly query: string;
  readonly source: string | undefined;
}

/** @throws UsageError for a file that can't be read or is no text, or a line that starts like JSON and isn't such an object. */
function readQueryLines(file: string): QueryLine[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `The queries file ${file} could not be read (${code})`,
      'Check the path given to --queries.',
      error,
    );
  }
  const text = decodeText(bytes);
  if (text === undefined)
    throw new UsageError(
      `The queries file ${file} is no text: it holds bytes of zero`,
      'Give a text file with a query a line to --queries.',
    );
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => parseLine(line, `${file}, line ${number}`));
}

/** A line that opens an object and its first key was meant as JSON; `{/Symbol a}` was not. */
const BEGINS_AS_JSON = /^\{\s*"/;

function parseLine(line: string, where: string): QueryLine {
  if (!BEGINS_AS_JSON.test(line)) return { query: line, source: undefined };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new UsageError(
      `${where} is not whole JSON: ${line.slice(0, 80)}`,
      'Write {"query": "…", "source": "…"}, or the query as plain text.',
      error,
    );
  }
  const parsed = queryLine.safeParse(value);
  if (!parsed.success) {
    throw new UsageError(
      `${where} holds no "query" text: ${line.slice(0, 80)}`,
      'Write {"query": "…", "source": "…"}; "source" may be left out.',
    );
  }
  return { query: parsed.data.query, source: parsed.data.source };
}

/** Prints the answer to each line of the file, or why there is none. A line's own source takes the place of the scope's. Returns the exit status. */
export async function answerLines(
  file: string,
  scope: SearchOptions,
  answer: (query: string, scope: SearchOptions) => Promise<object>,
): Promise<number> {
  const lines = readQueryLines(file);
  let failed = 0;
  for (const { query, source } of lines) {
    try {
      // A search gives way nowhere: its answer would be written, Ctrl-C and a reader that has gone be noticed, behind the last line.
      await setImmediate();
      scope.signal?.throwIfAborted();
      printJson(await answer(query, source === undefined ? scope : { ...scope, sources: [source] }));
    } catch (error) {
      if (!(error instanceof InputError || error instanceof AmbiguousSourceError)) throw error;
      failed++;
      printJson({ query, error: toErrorDetail(error) });
    }
  }
  if (failed === 0) return EXIT.done;
  return failed === lines.length ? EXIT.failed : EXIT.partlyFailed;
}
