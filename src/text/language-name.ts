// Names of languages for people and models, from their codes.

/** `de` -> `German`; a code that nobody knows stays. */
export function languageName(lang: string): string {
  return nameIn('en', lang);
}

/** `de` -> `German (Deutsch)`: models follow the language's own name more readily. */
export function languageWithOwnName(lang: string): string {
  const own = nameIn(lang, lang);
  const name = languageName(lang);
  return own === name || own === lang ? name : `${name} (${own})`;
}

export function isSameLanguage(a: string, b: string): boolean {
  return primary(a) === primary(b);
}

function primary(lang: string): string {
  return lang.toLowerCase().split(/[-_]/)[0]!;
}

function nameIn(reader: string, lang: string): string {
  try {
    return new Intl.DisplayNames([reader], { type: 'language' }).of(lang) ?? lang;
  } catch {
    return lang;
  }
}
