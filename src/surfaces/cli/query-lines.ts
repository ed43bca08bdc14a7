// --queries FILE: one query a line, either its plain text or a JSON object {"query", "source"}; `-` reads standard input.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';

const queryLine = z.object({ query: z.string(), source: z.string().optional() });

export interface QueryLine {
  readonly query: string;
  readonly source: string | undefined;
}

/** @throws UsageError for a file that can't be read, or a line that starts like JSON and isn't such an object. */
export function readQueryLines(file: string): QueryLine[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `The queries file ${file} could not be read (${code})`,
      'Check the path given to --queries.',
      error,
    );
  }
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => parseLine(line, `${file}, line ${number}`));
}

function parseLine(line: string, where: string): QueryLine {
  if (!line.startsWith('{')) return { query: line, source: undefined };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { query: line, source: undefined };
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
