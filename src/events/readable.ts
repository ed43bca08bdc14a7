// Spoken sentences made readable: stage directions, fillers, false starts and dangling connectives off, a capital letter
// and a full stop on. Words are only ever left out, never changed or added, so the sentence stays a quotation in substance;
// evidence keeps the verbatim text.
import { withoutSounds } from '../ingest/captions/sounds.ts';
import { sentenceForm } from './sentence-form.ts';

/** Said to win time, anywhere in a sentence; not where they say something: `something you know`, `this sort of problem`. */
const FILLERS: Readonly<Record<string, RegExp>> = {
  en: /(?:^|,\s*|(?<=\s))(?:u[hm]+|e[hr]m?|mm+(?:-?\s?hmm+)?|uh-huh|(?<!\b(?:something|anything|everything|things?|what|that|who|how|all|people|as|if|do|did|than|before)\s)you know(?!\s+(?:what|how|who|why|where|when|that|about)\b)|(?<!\b(?:what|that|which|if|as)\s)i mean|(?<!\b(?:a|an|the|this|that|what|which|some|any|every|each|same|new|no|different|certain)\s)sort of|kind of like)(?=$|[\s,.?!…])[,…]?\s*/gi,
  de: /(?:^|,\s*|(?<=\s))(?:ähm?|hm+|sozusagen|halt)(?=$|[\s,.?!])[,…]?\s*/gi,
  fr: /(?:^|,\s*|(?<=\s))(?:euh+|hein|bah|ben)(?=$|[\s,.?!])[,…]?\s*/gi,
  es: /(?:^|,\s*|(?<=\s))(?:eh+|este\.\.\.|o sea)(?=$|[\s,.?!])[,…]?\s*/gi,
};
/**
 * Left over at the start when a sentence is taken out of its talk. Words that may also belong to the sentence go only where a pause or
 * another of these words follows: `No water was found`, `Like all metals`, and in German any adverb before its verb, `So entsteht`.
 */
const LEADS: Readonly<Record<string, RegExp>> = {
  en: leads(
    String.raw`and so(?!\s+(?:far|much|many|on)\b)|and then(?!\s+(?:comes?|came|goes|follows?)\b)|and also|and now|and|so(?!\s+(?:far|much|many)\b)|but|or|okay|ok|'kay|alright|all right|now|then(?!\s+(?:comes?|came|goes|follows?)\b)|also|because|'?cause|cuz|yeah|yes|oh|anyway|basically|actually|again|i think|i guess|you see|in fact|like(?=\s*[,.…:]|\s+(?:how|what|if|when|we|you|i)\b)`,
    'no|well|right|cool|great|fantastic|awesome|perfect|correct|exactly|sure|nice',
    "we|you|i|it|they|this|that|there|here|let's|if|how|what|the|our|my|your|their",
  ),
  de: leads(
    'und|aber|oder|denn|okay|ja',
    'und dann|also|nein|gut|nun|jetzt|so|genau|na',
    'ich|wir|er|sie|es|man|der|die|das|den|dem|ein|eine|einen|mein|unser|dieser?s?',
  ),
  fr: leads('et puis|et donc|et|donc|alors|mais|ou|voilà|ensuite|parce que|car|ok', 'bon|oui|non'),
  es: leads('y entonces|y|entonces|pero|o|pues|ahora|porque|ok|vale', 'bueno|sí|no'),
  it: leads('e poi|e|quindi|allora|ma|o|ora|perché|ok', 'bene|sì|no'),
  pt: leads('e aí|e|então|mas|ou|agora|porque|ok', 'bom|sim|não'),
};

/** @param before words before which the `loose` ones are left over, too */
function leads(always: string, loose: string, before = ''): RegExp {
  const after = before === '' ? '' : `|${before}`;
  const one = String.raw`(?:${always})(?=[\s,.…:]|$)|(?:${loose})(?=\s*[,.…:–—-]|$|\s+(?:${always}|${loose}${after})(?=[\s,.…:]|$))`;
  return new RegExp(String.raw`^(?:(?:${one})[\s,.…:]*(?:[–—-]\s+)?)+`, 'i');
}

/** Left over at the end of what nobody ended. */
const TRAILS: Readonly<Record<string, RegExp>> = {
  en: /(?:[\s,;:–—-]+(?:and so|and then|and|so|but|or|because|that|which|the|a|an|to|of|in|with|then|(?<!\b(?:the|to|all|your|my|turn|click)\s)right|(?<!\b(?:click|press|hit|tap|choose|select)\s)ok(?:ay)?|like|is|are|if|when|for|as))+\s*[,…]*$/i,
  de: /(?:[\s,;:–—-]+(?:und|oder|aber|also|dass|weil|der|die|das|ein|eine|zu|ja|ne))+\s*[,…]*$/i,
  fr: /(?:[\s,;:–—-]+(?:et|ou|mais|donc|que|parce que|le|la|les|un|une|de|des|du|à))+\s*[,.…?]*$/i,
  es: /(?:[\s,;:–—-]+(?:y|o|pero|entonces|que|porque|el|la|los|las|un|una|de|a|en))+\s*[,.…?]*$/i,
};
/** And before a full stop, where `what it is made of`, `to the right` and `click OK` are whole. */
const TAGS: Readonly<Record<string, RegExp>> = {
  en: /(?:[\s,;:–—-]+(?:and so|and then|and|but|or|because|the|a|an)|[,;:–—-]\s*(?:so|then|right|okay|ok|like))+\s*[.…?!]*$/i,
  de: /(?:[\s,;:–—-]+(?:und|oder|aber|dass|weil)|,\s*(?:ja|ne|also|oder))+\s*[.…?!]*$/i,
};
/** Who is spoken to, before what is said: `Mr. Chair, the`. */
const ADDRESS =
  /^(?:(?:mr|mrs|ms|madam|mister)\.?\s*(?:deputy\s+)?(?:chair(?:man|woman|person)?|speaker|president)|ladies and gentlemen|honou?rable members)[,.]\s*(?=\S)/i;
/** `It - it's`, `one... one`: what is broken off by a dash or dots, and begun again. */
const BROKEN_OFF = /(?<![\p{L}\p{M}'’])(\p{L}[\p{L}\p{M}'’]*)\s*(?:[–—-](?=\s)|\.{3}|…)\s*(\1)/giu;
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
    // Transcripts that separate punctuation and clitics: `is n't`, `word .`
    .replace(/\s+([,.;:!?](?:\s|$)|['’](?:s|re|ve|ll|d|m|t)\b|n['’]t\b)/gi, '$1')
    // "the the", "of the of the": up to four words said twice; "that that" and "had had" may be grammar and read well without. Signs that
    // are typed twice are said twice: `c plus plus`, `dash dash version`.
    .replace(
      /(?!(?:dash|minus|plus|dot|slash|backslash|star|equals|colon|quote)\s)(?<![\p{L}\p{M}'’])((?:\p{L}[\p{L}\p{M}'’]*\s+(?:-\s+)?){0,3}\p{L}[\p{L}\p{M}'’]*)(?:,?\s+\1)+(?![\p{L}\p{M}'’])/giu,
      '$1',
    )
    .replace(BROKEN_OFF, '$2')
    .replace(/\s+/g, ' ')
    .trim();
  if (primary === 'en') text = withoutFalseStarts(text);
  text = strip(text.replace(/^[\s,;:.…–—-]+/, ''), LEADS[primary]);
  if (primary === 'en') text = text.replace(ADDRESS, '');
  text = strip(strip(text, TRAILS[primary]), TAGS[primary]);
  text = text.replace(/^[\s,;:.…–—-]+|[\s,;:–—-]+$/g, '');
  if (!/[\p{L}\p{N}]/u.test(text)) return '';
  const sentence = text[0]!.toUpperCase() + text.slice(1);
  const fixed = primary === 'en' ? sentence.replace(/\bi(?=['’\s])/g, 'I') : sentence;
  if (ENDS.test(fixed)) return fixed;
  // Spanish questions have a mark at the beginning, too.
  if (primary !== 'es' && sentenceForm(fixed, lang)?.isQuestion === true) return `${fixed}?`;
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
    // The name of a key or of a letter: `press control T to transform`.
    if (/^\p{Lu}$/u.test(start) && /^\p{Ll}/u.test(next)) return whole;
    return isStart && !SHORT_WORDS.test(start) ? '' : whole;
  });
}

const SHORT_WORDS = /^(?:a|i|to|in|is|it|as|an|at|be|do|go|he|me|my|no|of|on|or|so|up|us|we|by|if|am|ok|hi|pi)$/i;

function strip(text: string, pattern: RegExp | undefined): string {
  return pattern === undefined ? text : text.replace(pattern, '');
}
