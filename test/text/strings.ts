// Texts to try a scanner on: every short one of a few characters, and random ones of many.

/** Every string of `length` of these characters. */
export function* allStrings(characters: readonly string[], length: number): Generator<string> {
  if (length === 0) yield '';
  else for (const rest of allStrings(characters, length - 1)) for (const one of characters) yield one + rest;
}

/** The same strings at every call: up to 12 of these characters each, by a linear congruential generator. */
export function* randomStrings(characters: readonly string[], count: number): Generator<string> {
  let state = 1;
  const next = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let i = 0; i < count; i++) {
    yield Array.from({ length: 1 + next(12) }, () => characters[next(characters.length)]).join('');
  }
}
