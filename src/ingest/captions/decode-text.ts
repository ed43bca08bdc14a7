// Bytes of a text file to a string: byte order marks, UTF-16 without one, UTF-8, and the legacy code pages that subtitle
// files still come in. Which code page can't be read off the bytes for sure; the file's language decides.

const CODE_PAGES: Readonly<Record<string, string>> = {
  ru: 'windows-1251',
  uk: 'windows-1251',
  bg: 'windows-1251',
  sr: 'windows-1251',
  pl: 'windows-1250',
  cs: 'windows-1250',
  sk: 'windows-1250',
  hu: 'windows-1250',
  ro: 'windows-1250',
  hr: 'windows-1250',
  sl: 'windows-1250',
  el: 'windows-1253',
  tr: 'windows-1254',
  he: 'windows-1255',
  ar: 'windows-1256',
  fa: 'windows-1256',
  vi: 'windows-1258',
  th: 'windows-874',
  ja: 'shift_jis',
  ko: 'euc-kr',
  zh: 'gb18030',
};

/** undefined for bytes that are no text: NULs that are not those of UTF-16. */
export function decodeText(bytes: Uint8Array, lang?: string): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const utf16 = unmarkedUtf16(bytes.subarray(0, 4096));
  if (utf16 === 'neither') return undefined;
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(CODE_PAGES[lang?.split('-', 1)[0]?.toLowerCase() ?? ''] ?? 'windows-1252').decode(bytes);
  }
}

/** Digits, spaces and line breaks have a zero in every other byte; other text has none, and other files have them anywhere. */
function unmarkedUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | 'neither' | undefined {
  let even = 0;
  let odd = 0;
  for (const [i, byte] of bytes.entries()) {
    if (byte !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (even + odd === 0) return undefined;
  if (odd > 0.1 * bytes.length && even < 0.02 * bytes.length) return 'utf-16le';
  if (even > 0.1 * bytes.length && odd < 0.02 * bytes.length) return 'utf-16be';
  return 'neither';
}
