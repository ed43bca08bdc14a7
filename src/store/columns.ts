// JSON columns read back, parsed and checked. Everything else is checked by SQLite itself (STRICT tables, CHECK constraints).
import type { Check } from '../shape.ts';
import { UnexpectedColumnError } from './errors.ts';

/** The value of a JSON column; throws, naming the column, where it doesn't have the shape. */
export function parseColumn<T>(text: string, check: Check<T>, column: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnexpectedColumnError(`column ${column} holds no JSON`, { cause: error });
  }
  if (!check(value)) throw new UnexpectedColumnError(`column ${column} has an unexpected shape`);
  return value;
}
