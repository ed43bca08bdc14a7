// How well a sentence stands on its own, without the talk around it: whole, of a length that reads, about things rather
// than about the people in the room, not leaning on words before it.
import { isLatin } from '../text/latin-words.ts';
import { sentenceForm } from './sentence-form.ts';
import type { Utterance } from './utterances.ts';

const IDEAL_WORDS = { from: 9, to: 30 };

interface Signs {
  /** Openings that refer to what was said before. */
  readonly leaning: RegExp;
  /** Words that point at what was said or shown around the sentence, wherever they stand in it. */
  readonly pointing?: RegExp;
  /** Talk between people: questions, greetings, housekeeping, first person. */
  readonly chatter: RegExp;
  /** Beginnings and ends that a whole sentence does not have, and words one of which it nearly always has. */
  readonly broken: RegExp;
  readonly verb: RegExp;
  /** Sentences that say what something is about, what it is called, why it matters. */
  readonly announcing: RegExp;
  /** What the whole source is: `This is the kick-off meeting for ...`; `this` points at nothing else there. */
  readonly occasion: RegExp;
  /** Openings of a clause that needs another one. */
  readonly subordinate: RegExp;
  /** What is said when all has been said: thanks, and what comes next time. */
  readonly farewell: RegExp;
  /** Who speaks next, and where else to read. */
  readonly directing: RegExp;
}

/** What a sentence without an announcing sign is worth beside one with it. */
const PLAIN_WORTH = 0.67;
/** A sentence that points at a picture, or back at what was said, beside one that says it. */
const POINTING_WORTH = 0.3;
/** And a piece of a run without punctuation, beside a sentence that its speaker or transcriber ended. */
const PIECE_WORTH = 0.75;
/** Two sentences that nobody parted. */
const SEAM_WORTH = 0.5;
/** Next week's subject is not this week's. */
const FAREWELL_WORTH = 0.3;
/** Nor is what somebody else will say, or another page says. */
const DIRECTING_WORTH = 0.3;
/** What a colon announces stands behind it. */
const COLON_WORTH = 0.5;
/** A clause without its main clause: `If we use a kernel of three.` */
const SUBORDINATE_WORTH = 0.3;
/** A question asks for what an answer tells. */
const QUESTION_WORTH = 0.25;
const MAX_NUMBER_SHARE = 0.2;

// English patterns name the letters of words: with the u flag, which \p{L} takes, they would run twice as long.
const SIGNS: Readonly<Record<string, Signs>> = {
  en: {
    pointing:
      /^(?:as (?:you|we|i)\b|let me\b|let us\b|let's\b|compare (?:this|that|these)|put (?:this|that)|notice (?:this|that|here)|look at)|\b(?:this|these|those)(?=[.,;:!?]|$|\s+(?:with|into|in|to|for|is|was|are|were|can|will|we|you|and|or|by|on|at|from|as|has|have|gives?|means?)\b)|\b(?:here|over there|up there|right there|above|below)\b|\b(?:i|we|you) (?:just |already |have |can )*(?:see|saw|seen|said|mentioned|derived|showed|talked about)\b|\bas before\b|\bin (?:this|that|these|those|such) (?:picture|figure|slide|table|plot|line|cases?|examples?|ways?|situations?|sense|region|state)\b|\b(?:first|second|third|last|next|other) (?:one|line|thing|step)\b/i,
    leaning:
      /^(?:(?:(?:you|we|i|they)(?:['’]\w+)? (?:can |could |will |should |just |then |also )?)?[a-z]+ (?:them|it|those|these|(?:this|that) one)\b|[a-z]+ that [a-z]+ (?:by|and|to|in|on|with|into|over|from)\b)|^(?:otherwise|else|except|it|its|it's|this|that|that's|these|those|they|they're|he|she|his|her|him|their|them|there|here|which|who|what|how|why|where|when|does|do|did|is|are|can|could|would)\b/i,
    chatter:
      /\b(?:i|i'm|i'll|i've|me|my|guys|okay|ok|yeah|hello|thank|thanks|sorry|please|question|questions|homework|slide|slides|minute|minutes|laughter|class|gonna|wanna|gotta|kinda|cuz|stuff|whatever|anyhow|fantastic|hi|bye|goodbye|subscribe|welcome|alright|aha|oh|wow|yep|hmm|cool|dunno)\b|(?<!\b(?:the|to|all|your|my|our|on|upper|lower|top|bottom|far|from)\s)\bright(?=\s+(?!(?:now|here|there|away|after|before|hand|side|side's|click|bracket|arrow|angles?|column|row|one|way|thing|answer|track|time|place|panel|corner|up|down|in|on|at|to|of|and|or)\b))/gi,
    broken:
      /\b(?:the|an) (?:an|the|we|you|i|they|he|she|it|is|are|was|were|what|of|to)(?![-/’'])\b|^(?:especially|particularly|such as|of|than|by|with|from|into|which|that|to|and|or|but|because|whereas|is|are|was|were|has|have|will|be|been|being|typically|only|plus|minus|equals?)\b|\b(?:the|a|an|of|to|and|or|but|with|from|is|are|was|were|been|be|these|those|this|my|our|your|its|we|they|i|he|she|very|so|because|therefore|which|that|has|have|not)[.…]?$/i,
    verb: /\b(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|may|might|must|gets?|got|goes|go|went|makes?|made|says?|said|takes?|took|gives?|gave|uses?|used|needs?|means?|meant|works?|wants?|lets?|learns?|learned|computes?|computed|shows?|showed|comes?|came|becomes?|became|finds?|found|calls?|called|looks?|keeps?|kept|runs?|ran|starts?|started|tells?|told|thinks?|thought|knows?|knew|seems?|seemed|happens?|happened|wants?|wanted|helps?|helped|allows?|allowed|tries|tried|try|click|select|choose|press|open|add|type|drag)\b|['’](?:s|re|m|ll|ve|d)\b|n['’]t\b|[a-zß-öø-ɏ]{3}(?:ed|izes?|ifies)\b/i,
    announcing:
      /\b(?:talk(?:ing)? about|discuss\w*|introduc\w+|today|this (?:lecture|class|course|video|meeting|section|chapter|manual)|(?:is|are|it's) called|in summary|to summarize|the (?:idea|goal|point|purpose|problem|reason|advantage|main|basic|key)|important\w*|basically|essentially|for example|means|we (?:can|use|have|need|want|will|should|are|compute|get))\b/i,
    occasion:
      /\b(?:this is (?:the|a|an|our|my|today's)|welcome to|in (?:this|today's))\s+(?:[a-zß-öø-ɏ-]+\s+){0,3}?(?:lecture|class|course|meeting|video|tutorial|talk|session|episode|lesson|seminar|workshop|presentation|webinar|podcast|lab)\b/i,
    subordinate: /^(?:if|when|whenever|while|although|though|unless|until|once|given that)\b/i,
    farewell: /\b(?:next (?:week|time|lecture|class|lesson|session|episode)|(?:thanks|thank you) for|see you)\b/i,
    directing:
      /\b(?:has the floor|the floor (?:is|goes)|(?:go|going|goes|turn|proceed|move) (?:now |back |over |next )*to (?:the (?:hon|honou?rable|next|member)|presenting|mr|mrs|ms|you)\b|questions? goes to|(?:first|next) (?:presenter|speaker))|^(?:please )?(?:see|refer to|consult)\b|incorporated (?:\w+ )?by reference/i,
  },
  de: {
    leaning:
      /^(?:er|sie|es|das|dies|diese|dieser|dieses|da|hier|dort|wer|was|wie|warum|wo|wann|ist|sind|kann)(?!\p{L})/iu,
    chatter: /\b(?:ich|mich|mir|mein|meine|hallo|danke?|bitte|frage|fragen|willkommen|guten|wiedersehen|tschüss)\b/gi,
    broken:
      /^(?:und|oder|aber|weil|dass|als|von|mit|zu|ist|sind)\b|\b(?:der|die|das|ein|eine|und|oder|zu|mit|von|dass|weil)[.…]?$/i,
    verb: /\b(?:ist|sind|war|waren|hat|haben|hatte|wird|werden|wurde|kann|können|muss|müssen|soll|will|macht|geht|gibt|kommt|heißt|bedeutet|zeigt)\b|\p{L}{3}(?:t|te|ten)\b|\b(?:wir|sie) \p{L}{2,}n\b|\p{L}{2,}n (?:wir|sie)\b/iu,
    announcing:
      /\b(?:heute|sprechen|es geht|handelt|heißt|nennt|bedeutet|die (?:idee|aufgabe)|das (?:ziel|problem)|der (?:grund|vorteil)|wichtig\w*|zum beispiel|zusammen\w*|wir (?:können|brauchen|wollen|haben|sehen))\b/i,
    occasion:
      /\b(?:diese[rmsn]?|heutigen?|unserer?)\s+(?:\p{L}+\s+){0,2}?(?:vorlesung|stunde|video|sitzung|besprechung|lektion|kurs|vortrag|seminar|folge|tutorial|praktikum)\b|\bwillkommen (?:zu[rm]?|in|bei)\b/iu,
    subordinate: /^(?:wenn|weil|dass|obwohl|während|bevor|nachdem|falls)\b/i,
    farewell: /\b(?:nächste[nrs]? (?:woche|mal|stunde|vorlesung|sitzung)|(?:vielen )?dank für)\b/i,
    directing: /\bdas wort (?:hat|geht)\b|\bhat das wort\b|^(?:siehe|vgl|vergleiche)\b/i,
  },
  fr: {
    leaning: /^(?:il|elle|ils|elles|c'est|ce|cela|ça|ici|là|qui|que|quoi|comment|pourquoi|où|quand|est-ce)(?!\p{L})/iu,
    chatter: /\bj'|\b(?:je|me|moi|mon|ma|mes|bonjour|bienvenue|merci|revoir|bientôt|question|questions)(?!\p{L})/giu,
    broken: /^(?:et|ou|mais|que|qui|de|du|des|est|sont)\b|\b(?:le|la|les|un|une|de|des|du|et|ou|que|qui|à)[.…]?$/i,
    verb: /\b(?:est|sont|était|a|ont|avait|va|vont|peut|peuvent|doit|fait|font|faut|c'est|j'ai|permet|appelle)\b|\p{L}{3}(?:ent|ait|era|ons|ez)\b/iu,
    announcing:
      /\b(?:aujourd'hui|parler de|il s'agit|s'appelle|signifie|l'idée|le (?:but|problème)|la raison|l'avantage|important\w*|par exemple|en résumé|on (?:peut|va|a|utilise)|nous (?:pouvons|allons|avons))\b/i,
    occasion:
      /\b(?:cette?|notre)\s+(?:\p{L}+\s+){0,2}?(?:cours|vidéo|leçon|réunion|séance|formation|conférence|présentation|épisode|tutoriel)(?!\p{L})|\bbienvenue (?:à|dans|au)\b/iu,
    subordinate: /^(?:si|quand|lorsque|puisque|bien que|pendant que)\b/i,
    farewell: /\b(?:prochaine? (?:semaine|fois|cours|séance|vidéo)|merci (?:de|pour))\b/i,
    directing: /\bla parole est\b|\ba la parole\b|^(?:voir|cf|reportez-vous)\b/i,
  },
  es: {
    leaning:
      /^(?:él|ella|ellos|ellas|esto|eso|este|esta|aquí|allí|quién|qué|cómo|por qué|dónde|cuándo|es|son)(?!\p{L})/iu,
    chatter: /\b(?:yo|me|mi|mis|hola|bienvenid[ao]s?|gracias|adiós|pregunta|preguntas)\b/gi,
    broken: /^(?:y|o|pero|que|de|del|es|son)\b|\b(?:el|la|los|las|un|una|de|del|y|o|que|a|en)[.…]?$/i,
    verb: /\b(?:es|son|era|fue|ha|han|hay|está|están|va|van|puede|pueden|debe|hace|tiene|tienen|vamos|podemos|queremos|significa)\b|\p{L}{3}(?:mos|aba|ían?|aron|ieron)\b|\p{L}{2}(?:ó|ará)(?!\p{L})/iu,
    announcing:
      /\b(?:hoy|hablar de|se trata|se llama|significa|la (?:idea|razón|ventaja)|el (?:objetivo|problema)|importante\w*|por ejemplo|en resumen|(?:podemos|vamos|tenemos|necesitamos|queremos))\b/i,
    occasion:
      /\b(?:est[ae]|nuestr[ao])\s+(?:\p{L}+\s+){0,2}?(?:clase|v[ií]deo|lección|reunión|sesión|curso|conferencia|presentación|tutorial|charla)(?!\p{L})|\bbienvenid[ao]s? a\b/iu,
    subordinate: /^(?:si|cuando|mientras|aunque|como)\b/i,
    farewell: /\b(?:próxim[ao] (?:semana|vez|clase|vídeo|video|sesión)|gracias por)\b/i,
    directing: /\btiene la palabra\b|^(?:véase|consulte|ver)(?!\p{L})/iu,
  },
};

const ENDED = /[.!?:。！？।؟]["'”’»)\]]*\s*$/;

/** 0 to 1 for a sentence made readable; 0 for an empty one. `verbatim` tells questions and broken-off sentences. */
export function sentenceQuality(
  sentence: string,
  lang = 'en',
  verbatim: Pick<Utterance, 'text' | 'isPiece'> = { text: sentence },
): number {
  if (sentence === '') return 0;
  const words = countWords(sentence);
  let quality = 1;
  if (words < IDEAL_WORDS.from) quality *= (words / IDEAL_WORDS.from) ** 1.5;
  if (words > IDEAL_WORDS.to) quality *= (IDEAL_WORDS.to / words) ** 0.7;
  // Who writes full stops has seen to the rest of it.
  const form = ENDED.test(verbatim.text) ? undefined : sentenceForm(sentence, lang);
  if (/[?？؟]\s*$/.test(verbatim.text) || form?.isQuestion === true) quality *= QUESTION_WORTH;
  if (form?.lacksMainClause === true) quality *= SUBORDINATE_WORTH;
  if (/[,…]\s*$|\.\.\.\s*$/.test(verbatim.text)) quality *= 0.7;
  if (/[:：]\s*$/.test(sentence)) quality *= COLON_WORTH;
  if (numberShare(sentence) > MAX_NUMBER_SHARE || (sentence.match(/["“”]/g)?.length ?? 0) % 2 === 1) quality *= 0.5;
  if (verbatim.isPiece === true) quality *= PIECE_WORTH;
  if (form?.isSeamed === true) quality *= SEAM_WORTH;
  const signs = SIGNS[lang.split('-', 1)[0]!.toLowerCase()];
  if (signs !== undefined) {
    const isOccasion = signs.occasion.test(sentence);
    if (!isOccasion && signs.leaning.test(sentence)) quality *= 0.7;
    if (!isOccasion && signs.pointing?.test(sentence) === true) quality *= POINTING_WORTH;
    if (signs.subordinate.test(sentence) && isOneClause(sentence, signs.verb)) quality *= SUBORDINATE_WORTH;
    if (signs.broken.test(sentence)) quality *= 0.15;
    if (!signs.verb.test(sentence)) quality *= 0.25;
    if (signs.farewell.test(sentence)) quality *= FAREWELL_WORTH;
    if (signs.directing.test(sentence)) quality *= DIRECTING_WORTH;
    const chatter = sentence.match(signs.chatter)?.length ?? 0;
    quality *= Math.max(0.3, 1 - (2.5 * chatter) / Math.max(8, words));
    if (!isOccasion && !signs.announcing.test(sentence)) quality *= PLAIN_WORTH;
  }
  return quality;
}

function isOneClause(sentence: string, verb: RegExp): boolean {
  if (/[,;:–—]/.test(sentence)) return false;
  const first = verb.exec(sentence);
  return first === null || !verb.test(sentence.slice(first.index + first[0].length));
}

/** In words, as formulas are read aloud: `minus three`, `two point five`. */
const SPOKEN_NUMBERS = new Set(
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
  twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million point minus plus equal equals squared`.split(
    /\s+/,
  ),
);

/** Share of numbers and single letters among the words: formulas read aloud, rows of figures. */
function numberShare(sentence: string): number {
  const pattern = isLatin(sentence) ? LATIN : ANY;
  const words = sentence.match(pattern.word) ?? [];
  let numNumbers = 0;
  for (const word of words) if (pattern.numeral.test(word) || isSpokenNumber(word)) numNumbers++;
  return numNumbers / Math.max(1, words.length);
}

const ANY = { word: /[\p{L}\p{N}.,'’]+/gu, numeral: /\p{N}/u };
/** The same for Latin text, in half the time. */
const LATIN = { word: /[0-9A-Za-zª²³µ¹º¼-¾À-ÖØ-öø-ɏ.,'’]+/g, numeral: /[0-9²³¹¼-¾]/ };
const LONGEST_SPOKEN = 'seventeen'.length;

function isSpokenNumber(word: string): boolean {
  if (word.length === 1) return /[b-hj-z]/i.test(word);
  return word.length <= LONGEST_SPOKEN && SPOKEN_NUMBERS.has(word.toLowerCase());
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Words of spaced scripts; two characters of Han or kana count as one. */
export function countWords(text: string): number {
  if (isLatin(text) || !UNSPACED.test(text)) return text.match(/\S+/g)?.length ?? 0;
  const all = new RegExp(UNSPACED, 'gu');
  const unspaced = text.match(all)!.length;
  return Math.ceil(unspaced / 2) + (text.replace(all, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0);
}
