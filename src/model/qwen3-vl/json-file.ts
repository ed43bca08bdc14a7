// A checkpoint's JSON files, read through zod: what is missing or wrong is named with its path inside the file.
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { CheckpointError, type CheckpointErrorCode } from './checkpoint-error.ts';

/** The parsed file, or undefined where it doesn't exist. Throws CheckpointError with `code` for anything unreadable. */
export async function readJsonFile<T>(
  path: string,
  schema: z.ZodType<T>,
  code: CheckpointErrorCode,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new CheckpointError(code, path, `cannot be read (${(error as Error).message})`, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(code, path, `is not JSON (${(error as Error).message})`, error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new CheckpointError(code, path, issues.join('; '), parsed.error);
}
