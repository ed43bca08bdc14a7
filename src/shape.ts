// Checks of what bytes turn out to be, made by hand. Not zod, because loading it takes longer than a whole search: these are for
// the few flat values that every command reads. zod checks the rest of what comes from outside.

export type Check<T> = (value: unknown) => value is T;

export const isString: Check<string> = (value): value is string => typeof value === 'string';
export const isNumber: Check<number> = (value): value is number => typeof value === 'number' && Number.isFinite(value);

/** A count or an id. */
export const isWhole: Check<number> = (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

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
