// Spoken sentences made readable: stage directions, fillers, false starts and dangling connectives off, a capital letter
// and a full stop on. Words are only ever left out, never changed or added, so the sentence stays a quotation in substance;
// evidence keeps the verbatim text.
import { withoutSounds } from '../ingest/captions/sounds.ts';

/** Said to win time, anywhere in a sentence. */
const FILLERS: Readonly<Record<string, RegExp>> = {
  en: /(?:^|,\s*|(?<=\s))(?:u[hm]+|e[hr]m?|mm+(?:-?\s?hmm+)?|uh-huh|you know|i mean|sort of|kind of like)(?=$|[\s,.?!…])[,…]?\s*/gi,
  de: /(?:^|,\s*|(?<=\s))(?:ähm?|hm+|sozusagen|halt)(?=$|[\s,.?!])[,…]?\s*/gi,
  fr: /(?:^|,\s*|(?<=\s))(?:euh+|hein|bah|ben)(?=$|[\s,.?!])[,…]?\s*/gi,
  es: /(?:^|,\s*|(?<=\s))(?:eh+|este\.\.\.|o sea)(?=$|[\s,.?!])[,…]?\s*/gi,
};
/** Left over at the start when a sentence is taken out of its talk. */
const LEADS: Readonly<Record<string, RegExp>> = {
  en: /^(?:(?:and so|and then(?!\s+(?:comes?|came|goes|follows?)\b)|and also|and now|and|so|but|or|okay|ok|alright|all right|right|well|now|then(?!\s+(?:comes?|came|goes|follows?)\b)|also|because|cause|like|yeah|yes|no|oh|anyway|basically|actually|again|i think|i guess|you see|in fact)(?=[\s,.…:]|$)[\s,.…:]*(?:[–—-]\s+)?)+/i,
  de: /^(?:(?:und dann|und|also|aber|oder|okay|ja|nein|gut|nun|jetzt|denn|so|genau|na)(?=[\s,.…]|$)[\s,.…]*(?:[–—-]\s+)?)+/i,
  fr: /^(?:(?:et puis|et donc|et|donc|alors|mais|ou|bon|oui|non|voilà|ensuite|parce que|car|ok)(?=[\s,.…]|$)[\s,.…]*(?:[–—-]\s+)?)+/i,
  es: /^(?:(?:y entonces|y|entonces|pero|o|bueno|pues|sí|no|ahora|porque|ok|vale)(?=[\s,.…]|$)[\s,.…]*(?:[–—-]\s+)?)+/i,
  it: /^(?:(?:e poi|e|quindi|allora|ma|o|bene|sì|no|ora|perché|ok)(?=[\s,.…]|$)[\s,.…]*(?:[–—-]\s+)?)+/i,
  pt: /^(?:(?:e aí|e|então|mas|ou|bom|sim|não|agora|porque|ok)(?=[\s,.…]|$)[\s,.…]*(?:[–—-]\s+)?)+/i,
};
const TRAILS: Readonly<Record<string, RegExp>> = {
  en: /(?:[\s,;:–—-]+(?:and so|and then|and|so|but|or|because|that|which|the|a|an|to|of|in|with|then|right|okay|ok|like|is|are|if|when|for|as))+\s*[,.…?]*$/i,
  de: /(?:[\s,;:–—-]+(?:und|oder|aber|also|dass|weil|der|die|das|ein|eine|zu|ja|ne))+\s*[,.…?]*$/i,
  fr: /(?:[\s,;:–—-]+(?:et|ou|mais|donc|que|parce que|le|la|les|un|une|de|des|du|à))+\s*[,.…?]*$/i,
  es: /(?:[\s,;:–—-]+(?:y|o|pero|entonces|que|porque|el|la|los|las|un|una|de|a|en))+\s*[,.…?]*$/i,
};
/** Who is spoken to, before what is said: `Mr. Chair, the`. */
const ADDRESS =
  /^(?:(?:mr|mrs|ms|madam|mister)\.?\s*(?:deputy\s+)?(?:chair(?:man|woman|person)?|speaker|president)|ladies and gentlemen|honou?rable members)[,.]\s*(?=\S)/i;
const ENDS = /[.!?。！？।؟…]["'”’)»」]*$/;
const IS_UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const FULL_STOPS: Readonly<Record<string, string>> = { zh: '。', ja: '。', hi: '।' };

/** One sentence that stands by itself; empty where nothing is left of it. */
export function readable(spoken: string, lang = 'en'): string {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  let text = withoutAsides(spoken);
  const filler = FILLERS[primary];
  if (filler !== undefined) text = text.replace(filler, ' ');
  text = text
    // "the the", "of the of the": up to four words said twice; "that that" and "had had" may be grammar and read well without.
    .replace(
      /(?<![\p{L}\p{M}'’])((?:\p{L}[\p{L}\p{M}'’]*\s+){0,3}\p{L}[\p{L}\p{M}'’]*)(?:,?\s+\1)+(?![\p{L}\p{M}'’])/giu,
      '$1',
    )
    // Transcripts that separate punctuation and clitics: `is n't`, `word .`
    .replace(/\s+([,.;:!?](?:\s|$)|['’](?:s|re|ve|ll|d|m|t)\b|n['’]t\b)/gi, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  if (primary === 'en') text = withoutFalseStarts(text);
  text = strip(text.replace(/^[\s,;:.…–—-]+/, ''), LEADS[primary]);
  if (primary === 'en') text = text.replace(ADDRESS, '');
  text = strip(text, TRAILS[primary]);
  text = text.replace(/^[\s,;:.…–—-]+|[\s,;:–—-]+$/g, '');
  if (!/[\p{L}\p{N}]/u.test(text)) return '';
  const sentence = text[0]!.toUpperCase() + text.slice(1);
  const fixed = primary === 'en' ? sentence.replace(/\bi(?=['’\s])/g, 'I') : sentence;
  if (ENDS.test(fixed)) return fixed;
  return fixed + (IS_UNSPACED.test(fixed.at(-1)!) ? '。' : (FULL_STOPS[primary] ?? '.'));
}

/** Stage directions in brackets, and parentheses that hold one: gestures and camera remarks of transcribers. */
function withoutAsides(text: string): string {
  return withoutSounds(text)
    .replace(
      /\(\.{3}[^)]*\)|\((?:laughs?|laughing|laughter|applause|music|inaudible|unclear|points?|pointing|shows?|draws?|far away|closer|rises|raises|gestures?)[^)]{0,60}\)/gi,
      ' ',
    )
    .replace(/\s+/g, ' ')
    .trim();
}

/** `th the`, `s segmentation`: one or two letters that the next word begins with again. */
function withoutFalseStarts(text: string): string {
  return text.replace(/(?<=^|\s)(\p{L}{1,2})\s+(?=(\p{L}+))/giu, (whole, start: string, next: string) => {
    const isStart = next.length > start.length && next.toLowerCase().startsWith(start.toLowerCase());
    return isStart && !SHORT_WORDS.test(start) ? '' : whole;
  });
}

const SHORT_WORDS = /^(?:a|i|to|in|is|it|as|an|at|be|do|go|he|me|my|no|of|on|or|so|up|us|we|by|if|am|ok|hi|pi)$/i;

function strip(text: string, pattern: RegExp | undefined): string {
  return pattern === undefined ? text : text.replace(pattern, '');
}
