// Words that steer speech and carry no content: what opens a thought, what fills a pause. By language, because captions
// come in many; a language without a list simply gives no such signs.

/** Openings that often begin a new sentence in speech, and how strong a sign each is (in the cost units of utterances.ts). */
const OPENINGS: Readonly<Record<string, { strong: string; weak: string }>> = {
  en: {
    strong: `okay|ok|alright|all right|now|next|so now|so the|so this|so we|so what|so if|so let's|so here|so in|so that's|first of all|let's|let me|here's|what|why|how|who|does anyone|any questions|in other words|for example|for instance|on the other hand|in this video|in this`,
    weak: `so|and so|and then|and now|and|but|because|then|well|right|i|you|we|they|it|it's|this is|that's|these|if|when|there's|there|he|she|which|or|also|basically|actually|however|finally|the|these|those|their|fantastic|awesome|cool|great|perfect|sorry`,
  },
  de: {
    strong: `okay|also gut|jetzt|nun|als nächstes|zuerst|das heißt|zum beispiel|was|warum|wie`,
    weak: `also|und|und dann|aber|dann|weil|wir|ich|es|das|wenn|hier|genau|natürlich|außerdem`,
  },
  fr: {
    strong: `alors|maintenant|ensuite|d'abord|par exemple|c'est-à-dire|voilà|pourquoi|comment`,
    weak: `donc|et|et puis|mais|parce que|on|je|nous|c'est|il|si|ici|enfin|aussi`,
  },
  es: {
    strong: `entonces|ahora|bueno|primero|por ejemplo|es decir|vamos|qué|cómo|por qué`,
    weak: `y|y entonces|pero|luego|porque|yo|nosotros|es|esto|si|aquí|también|finalmente`,
  },
  it: {
    strong: `allora|adesso|ora|quindi|per esempio|cioè|bene|perché|come`,
    weak: `e|e poi|ma|poi|io|noi|è|questo|se|qui|anche|infine`,
  },
  pt: {
    strong: `então|agora|bom|primeiro|por exemplo|ou seja|vamos|como|por que`,
    weak: `e|e aí|mas|depois|porque|eu|nós|é|isso|se|aqui|também|finalmente`,
  },
};
const STRONG = 0.9;
const WEAK = 0.45;

const patterns = new Map<string, { strong: RegExp; weak: RegExp } | null>();

/** How strongly the text begins like a new thought: 0 where it gives no sign. */
export function opensThought(text: string, lang = 'en'): number {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  let pattern = patterns.get(primary);
  if (pattern === undefined) {
    const openings = OPENINGS[primary];
    const compile = (list: string) => new RegExp(`^(?:${list})(?![\\p{L}\\p{M}'’])`, 'iu');
    pattern = openings === undefined ? null : { strong: compile(openings.strong), weak: compile(openings.weak) };
    patterns.set(primary, pattern);
  }
  if (pattern === null) return 0;
  if (pattern.strong.test(text)) return STRONG;
  return pattern.weak.test(text) ? WEAK : 0;
}
