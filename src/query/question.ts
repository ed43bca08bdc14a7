// What a question asks for, as far as its form tells: a definition, a reason, a number, steps. Sentences that answer it have
// signs of their own, which say more about them than one more word in common.
import { isWeakWord } from '../events/weak-words.ts';
import { primaryLanguage } from '../text/stem.ts';
import { isStopWord, stopWordLanguages } from '../text/stop-words.ts';

export type QuestionKind = 'definition' | 'reason' | 'number' | 'value' | 'how-to' | 'other';

const HOW_TO =
  /^\s*(how (?:do|can|could|should|would|to|must)\b|what (?:should|must|can|do) i\b|where (?:do|can) i\b|i want to\b|can i\b|wie\b|comment\b|¿?cómo\b)/i;
const DEFINITION =
  /^\s*(?:what(?:'s| is| are| was| were)\b(?! the (?:number|difference|best|name|reason|problem|advantage|disadvantage))|what does .* (?:mean|stand for)\b|define\b|(?:the )?(?:meaning|definition) of\b|who (?:is|was)\b|was (?:ist|sind|bedeutet|heißt)(?!\p{L})|wat is\b|qu['’]est-ce qu|¿?qué (?:es|son|significa)\b|o que (?:é|são)(?!\p{L})|(?:che )?cos['’]è|что (?:такое|значит|означает)(?!\p{L})|ما (?:هو|هي|معنى)(?!\p{L}))/iu;
const REASON =
  /^\s*(?:why\b|how come\b|what(?:'s| is| are| was) the (?:reason|cause)|warum\b|wieso\b|weshalb\b|pourquoi\b|¿?por qué(?!\p{L}))/iu;
const NUMBER =
  /^\s*(?:how (?:many|much|long|often|far|old|large|big|high|fast)\b|when (?:was|were|did|is)\b|wie ?(?:viele?|lange|oft|weit|groß|hoch|alt|schnell|schwer|teuer)(?!\p{L})|wann\b|combien\b|quand\b|¿?cuánt[oa]s?\b|¿?cuándo\b)/iu;
/** More than that is asked for than what a term means. */
const MAX_DEFINED_WORDS = 7;
/** `What is it used for`, `What is it based on`: what it is, is known. */
const ASKS_MORE = /(?<!\bstands?) (?:for|on|of|to|in|by|with|from|about|like|at)[\s?]*$/i;
/** What has changed since, or is one of several, is mostly a figure: `What was the net revenue`, `What is the maximum length`. */
const VALUE =
  /^\s*what (?:was|were) (?!.* (?:about|like|called|said|discussed)\b)|^\s*what (?:is|are) (?:the|its|their) (?:(?:default|maximum|minimum|total|average|recommended|expected|current)\b|(?:amount|number|price|size|length|width|height|weight|thickness|speed|resolution|capacity|temperature|duration)s? of\b)/i;

/** A name alone: `What was the Treaty of Versailles?` */
const PAST_NAME = /^\s*[Ww]hat (?:was|were) (?:the |an? )?\p{Lu}\S*(?:\s+(?:(?:of|the|and|for)\b|\p{Lu}\S*))*\s*$/u;

const REASON_SIGN =
  /\b(?:because|since|so that|therefore|thus|hence|due to|reason|otherwise|the cure|that(?:'s| is) why|weil|denn|deshalb|deswegen|daher|darum|nämlich|parce que|puisque|porque|por eso|así que|ya que)\b|^so\b|[,;] so\b/i;
/** A digit, not one inside a name: `C4`. */
const DIGIT = /(?<![\p{L}\d])\d/u;
const NUMBER_WORDS: Readonly<Record<string, RegExp>> = {
  en: /\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|half|once|twice|double)\b/i,
  de: /(?<!\p{L})(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|einmal|zweimal|halb\p{L}{0,2}|\p{L}*(?:zehn|zwanzig|ßig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert|tausend)|millionen)(?!\p{L})/iu,
  fr: /(?<!\p{L})(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|vingt|trente|quarante|cinquante|soixante|cents?|mille|millions?|moitié|demi\p{L}?)(?!\p{L})/iu,
  es: /(?<!\p{L})(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|catorce|quince|veint\p{L}+|treinta|cuarenta|cincuenta|sesenta|cien|ciento|\p{L}*cientos|mil|millones|mitad|medi[oa])(?!\p{L})/iu,
};
/** Instructions begin with what is to be reached, or with what is to be done. */
const INSTRUCTION_SIGN =
  /^(?:\d+[.)]?\s+|[-•▪●○]\s*)?(?:to (?!the\b|a\b|this\b)\p{L}+|use|press|click|select|choose|open|go to|type|enter|turn|drag|you can|um .* zu|pour|para)\b/iu;
/** Or name what does it, and say so: `The border option draws ...`, `This button may be used ...`. */
const TOOL_SIGN =
  /\b(?:command|option|keyword|button|menu|setting|function|mode|tool|icon|style)s?\s+(?:\p{Ll}+s\b|(?:is|are|can be|may be) used|lets?\b|allows?\b)/iu;
/** Right before a term that is being defined, and right after it. */
const NAMES =
  /\b(?:called|named|termed|known as|defined as|define|that is|this is|we call(?: (?:this|that|it))?|genannt|appelée?|llama)\s+(?:an?\s+|the\s+|eine?\s+)?["'“‘]?$/i;
const MEANS =
  /^["'”’]?(?:\s*\([^)]*\))?,?\s*(?::|(?:is|are)\s+(?:the|an?|one|any|exactly|just|simply|basically|defined|called|used|what|how|when)\b|means\b|refers to\b|denotes\b|stands for\b|describes\b|ist\b|sind\b|bedeutet\b|heißt(?!\p{L})|est\b|signifie\b|désigne\b|es\b|significa\b|[éè](?!\p{L})|[-–—]?\s*это(?!\p{L})|означает(?!\p{L})|называется(?!\p{L})|ه[وي](?!\p{L}))/iu;
/** A sentence that says what the last words of the one before it are. */
const TELLS =
  /^(?:it|this|that|these|they)(?:(?:'s| is| are)\s+(?:the|an?|one|any|just|simply|basically|what|how|when)\b|\s+(?:means?|refers? to|stands? for|describes?)\b)/i;

/** Question words that stop lists lack. What is asked for is a number, or a time, and seldom the word. */
const ASKING = /^(?:cu[aá]nt[oa]s?|cu[aá]ndo|combien|wieviele?|quant[oaie]s?)$/iu;

export function isAskingWord(word: string): boolean {
  return ASKING.test(word);
}

export function kindOfQuestion(question: string): QuestionKind {
  if (REASON.test(question)) return 'reason';
  if (NUMBER.test(question)) return 'number';
  if (VALUE.test(question) && !PAST_NAME.test(question)) return 'value';
  if (HOW_TO.test(question)) return 'how-to';
  const isShort = question.trim().split(/\s+/).length <= MAX_DEFINED_WORDS;
  return isShort && DEFINITION.test(question) && !ASKS_MORE.test(question) ? 'definition' : 'other';
}

/**
 * Whether a sentence has the sign of an answer to such a question.
 * @param asked where the question's own words stand in the sentence: half-open character spans, in order
 * @param next the sentence after it
 * @param lang of its source
 */
export function hasSign(
  kind: QuestionKind,
  text: string,
  asked: readonly { start: number; end: number }[],
  next = '',
  lang: string | null = null,
): boolean {
  if (kind === 'reason') return REASON_SIGN.test(text);
  if (kind === 'number' || kind === 'value')
    return DIGIT.test(text) || (NUMBER_WORDS[primaryLanguage(lang ?? 'en')]?.test(text) ?? false);
  if (kind === 'how-to') return INSTRUCTION_SIGN.test(text) || TOOL_SIGN.test(text);
  if (kind !== 'definition') return false;
  return asked.some(({ start, end }) => {
    const [before, after] = [text.slice(0, start), text.slice(end)];
    if (NAMES.test(before)) return true;
    return !isModified(before, lang) && (MEANS.test(after) || (/^["'”’)]*[.:!]?\s*$/.test(after) && TELLS.test(next)));
  });
}

/** Whether the term is told apart by a word of content right before it: `stochastic gradient descent` is not `gradient descent`. */
function isModified(before: string, lang: string | null): boolean {
  const word = /([\p{L}-]+)\s+$/u.exec(before)?.[1]?.toLowerCase();
  const primary = primaryLanguage(lang ?? 'en');
  const language = stopWordLanguages().includes(primary) ? primary : 'en';
  return word !== undefined && !isStopWord(word, language) && !isWeakWord(word, language);
}
