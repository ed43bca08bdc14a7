// What a question asks for, as far as its form tells: a definition, a reason, a number, steps. Sentences that answer it have
// signs of their own, which say more about them than one more word in common.
import { isWeakWord } from '../events/weak-words.ts';
import { primaryLanguage } from '../text/stem.ts';
import { isStopWord, stopWordLanguages } from '../text/stop-words.ts';

export type QuestionKind = 'definition' | 'reason' | 'number' | 'how-to' | 'other';

const HOW_TO =
  /^\s*(how (?:do|can|could|should|would|to|must)\b|what (?:should|must|can|do) i\b|where (?:do|can) i\b|i want to\b|can i\b|wie\b|comment\b|cómo\b)/i;
const DEFINITION =
  /^\s*(?:what(?:'s| is| are| was| were)\b(?! the (?:number|difference|best|name|reason|problem|advantage|disadvantage))|what does .* (?:mean|stand for)\b|define\b|(?:the )?(?:meaning|definition) of\b|who (?:is|was)\b|was (?:ist|sind|bedeutet|heißt)(?!\p{L})|wat is\b|qu['’]est-ce qu|¿?qué (?:es|son|significa)\b|o que (?:é|são)(?!\p{L})|(?:che )?cos['’]è|что (?:такое|значит|означает)(?!\p{L})|ما (?:هو|هي|معنى)(?!\p{L}))/iu;
const REASON =
  /^\s*(?:why\b|how come\b|what(?:'s| is| are| was) the (?:reason|cause)|warum\b|wieso\b|pourquoi\b|por qué\b)/i;
const NUMBER =
  /^\s*(?:how (?:many|much|long|often|far|old|large|big|high|fast)\b|when (?:was|were|did|is)\b|wie viele?\b|combien\b|cuánt[oa]s?\b)/i;
/** More than that is asked for than what a term means. */
const MAX_DEFINED_WORDS = 7;

const REASON_SIGN =
  /\b(?:because|since|so that|therefore|thus|hence|due to|reason|otherwise|the cure|that(?:'s| is) why|weil|denn|deshalb|parce que|porque)\b|^so\b|[,;] so\b/i;
const NUMBER_SIGN =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|half|once|twice|double)\b/i;
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

export function kindOfQuestion(question: string): QuestionKind {
  if (REASON.test(question)) return 'reason';
  if (NUMBER.test(question)) return 'number';
  if (HOW_TO.test(question)) return 'how-to';
  const isShort = question.trim().split(/\s+/).length <= MAX_DEFINED_WORDS;
  return isShort && DEFINITION.test(question) ? 'definition' : 'other';
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
  if (kind === 'number') return NUMBER_SIGN.test(text);
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
