// JSON columns read back: parsed and checked by hand-made shapes. Not zod, because loading it takes longer than a whole
// search; these columns are few and flat. Everything else is checked by SQLite itself (STRICT tables, CHECK constraints).
import { UnexpectedColumnError } from './errors.ts';

export type Check<T> = (value: unknown) => value is T;

export const isString: Check<string> = (value): value is string => typeof value === 'string';
export const isNumber: Check<number> = (value): value is number => typeof value === 'number' && Number.isFinite(value);

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value) => value === null || check(value);
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value) => value === undefined || check(value);
}

export function oneOf<T extends string>(...values: readonly T[]): Check<T> {
  return (value): value is T => values.some((allowed) => allowed === value);
}

export function arrayOf<T>(check: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(check);
}

export function shape<T extends object>(fields: { readonly [Key in keyof T]-?: Check<T[Key]> }): Check<T> {
  const entries = Object.entries<Check<unknown>>(fields);
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

export function union<A, B>(first: Check<A>, second: Check<B>): Check<A | B> {
  return (value) => first(value) || second(value);
}

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
