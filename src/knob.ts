// One setting of the configuration: what values it takes, which one it has where nobody sets it, and a sentence about it. Not zod,
// which takes longer to load than a search takes: every command reads the configuration.
import { isNumber } from './shape.ts';

/** A kind of value, and its name as it follows "it takes". */
export interface Kind<T> {
  readonly expected: string;
  readonly holds: (value: unknown) => value is T;
}

export interface Knob<T> {
  readonly kind: Kind<T>;
  readonly about: string;
  readonly default?: T;
}

interface OptionalKnob<T> extends Knob<T> {
  readonly isOptional: true;
}

type ValueOf<K> = K extends Knob<infer T> ? T : never;

/** The values that a table of knobs makes; those of optional ones may be missing. */
export type Settings<Knobs> = {
  [Name in keyof Knobs as Knobs[Name] extends OptionalKnob<unknown> ? never : Name]: ValueOf<Knobs[Name]>;
} & {
  [Name in keyof Knobs as Knobs[Name] extends OptionalKnob<unknown> ? Name : never]?: ValueOf<Knobs[Name]> | undefined;
};

export function required<T>(kind: Kind<T>, about: string): Knob<T> {
  return { kind, about };
}

export function optional<T>(kind: Kind<T>, about: string): OptionalKnob<T> {
  return { kind, about, isOptional: true };
}

export function withDefault<T>(value: NoInfer<T>, kind: Kind<T>, about: string): Knob<T> {
  return { kind, about, default: value };
}

export function defaultsOf(knobs: Readonly<Record<string, Knob<unknown>>>): Readonly<Record<string, unknown>> {
  const withDefaults = Object.entries(knobs).filter(([, knob]) => knob.default !== undefined);
  return Object.fromEntries(withDefaults.map(([name, knob]) => [name, knob.default]));
}

export function textLike(pattern: RegExp, expected: string): Kind<string> {
  return { expected, holds: (value): value is string => typeof value === 'string' && pattern.test(value) };
}

export const ANY_TEXT = textLike(/^/, 'text');
export const TEXT = textLike(/./s, 'text that is not empty');

export const POSITIVE: Kind<number> = {
  expected: 'a number above 0',
  holds: (value): value is number => isNumber(value) && value > 0,
};

export function numberIn(min: number, max: number): Kind<number> {
  const holds = (value: unknown): value is number => isNumber(value) && value >= min && value <= max;
  return { expected: `a number from ${min} to ${max}`, holds };
}

export function wholeNumber(min: number, max: number): Kind<number> {
  const { holds: isInRange } = numberIn(min, max);
  const holds = (value: unknown): value is number => isInRange(value) && Number.isInteger(value);
  return { expected: `a whole number from ${min} to ${max}`, holds };
}

export function oneOf<const T extends string>(values: readonly T[]): Kind<T> {
  const holds = (value: unknown): value is T => values.some((allowed) => allowed === value);
  return { expected: values.join(', ').replace(/, ([^,]*)$/, ' or $1'), holds };
}
