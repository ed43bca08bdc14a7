// Language codes as files carry them, made BCP 47: `eng`, `pt_br`, `English`.

/** Languages known by their English name, as Whisper (`"language": "english"`) and file names write them. */
const NAMED =
  `en es de fr it pt nl sv da no fi pl cs sk hu ro bg ru uk el tr ar he fa hi bn ta te ur th vi id ms ja ko zh ca hr sr
  sl`.split(/\s+/);

let names: Intl.DisplayNames | undefined;

/** undefined for what names no language, `und` and its like included. */
export function canonicalLanguage(code: string | undefined): string | undefined {
  if (code === undefined || /^(?:und|mul|zxx|mis)$/i.test(code)) return undefined;
  names ??= new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  if (/^[a-z]{4,}$/i.test(code)) return NAMED.find((lang) => names!.of(lang)?.toLowerCase() === code.toLowerCase());
  if (!/^[a-z]{2,3}(?:[-_][a-z\d]{2,8})*$/i.test(code)) return undefined;
  try {
    const [canonical] = Intl.getCanonicalLocales(code.replaceAll('_', '-'));
    return canonical !== undefined && names.of(canonical.split('-', 1)[0]!) !== undefined ? canonical : undefined;
  } catch {
    return undefined;
  }
}
