// Questions what somebody says: `What did Mary Ng say about rents?`, `Was hat Anna über das Budget gesagt?`, `selon Anne`. Who is
// meant, and the verb, which is seldom a word of the place that is meant. By language, since order differs: what is said stands
// between auxiliary and participle in German and Dutch, who says it behind the participle in Romance languages.

export interface Saying {
  readonly lang: string;
  /** One word or a few, lower case, a space before and after: the one who speaks is among them. */
  readonly who: string;
  /** undefined where none is needed: `according to Anna`. */
  readonly verb: string | undefined;
}

interface Forms {
  /** Where the verb stands that an auxiliary goes with: `did Anna say it`, `hat Anna es gesagt`, `ha detto Anna`. */
  readonly order: 'english' | 'germanic' | 'romance';
  readonly what: string;
  readonly auxiliary: string;
  /** Verbs that stand alone: `said`, `sagte`. */
  readonly finite: string;
  /** What an auxiliary goes with: `did ... say`, `hat ... gesagt`. */
  readonly bound: string;
  /** Before what is said, or before what it is about; what follows is not who speaks. */
  readonly about: string;
  readonly accordingTo: string;
}

const FORMS: Readonly<Record<string, Forms>> = {
  en: {
    order: 'english',
    what: 'what',
    auxiliary: 'do|does|did',
    finite:
      'says|said|thinks|thought|mentions|mentioned|explains|explained|suggests|suggested|proposes|proposed|recommends|recommended|asks|asked|argues|argued|claims|claimed|answers|answered',
    bound: 'say|think|talk|discuss|debated?|mention|explain|suggest|propose|recommend|ask|argue',
    about: 'about|on|of|regarding|concerning',
    accordingTo: 'according to',
  },
  de: {
    order: 'germanic',
    what: 'was|wie|welche[nrs]?',
    auxiliary: 'hat|haben|hatte|hatten',
    finite:
      'sagt|sagte|sagten|meint|meinte|meinten|denkt|dachte|dachten|glaubt|glaubte|findet|fand|fanden|hält|hielt|erklärt|erklärte|erklärten|erwähnt|erwähnte|erwähnten|fragt|fragte|fragten|antwortet|antwortete|empfiehlt|empfahl|behauptet|behauptete|schlägt|schlug|spricht|sprach',
    bound:
      'gesagt|gemeint|gedacht|geglaubt|gefunden|gehalten|erklärt|erwähnt|gefragt|geantwortet|empfohlen|behauptet|vorgeschlagen|gesprochen|berichtet|erzählt',
    about: 'über|zu|zum|zur|von|vom|wegen|bezüglich|dazu|darüber|davon',
    accordingTo: 'laut',
  },
  nl: {
    order: 'germanic',
    what: 'wat|hoe|welke',
    auxiliary: 'heeft|hebben|had|hadden',
    finite:
      'zegt|zei|zeiden|denkt|dacht|dachten|vindt|vond|vonden|vertelt|vertelde|noemt|noemde|vraagt|vroeg|vroegen|antwoordt|antwoordde|beweert|beweerde|legt|legde|stelt|stelde',
    bound:
      'gezegd|gedacht|gevonden|verteld|genoemd|gevraagd|geantwoord|beweerd|uitgelegd|voorgesteld|aanbevolen|aangeraden|gesproken',
    about: 'over|van|voor|aan|daarover|erover',
    accordingTo: 'volgens',
  },
  fr: {
    order: 'romance',
    what: 'que|qu|quoi|quelles?|quels?',
    auxiliary: 'a|ont|avait|avaient',
    finite:
      'dit|disent|disait|pense|pensent|pensait|croit|croyait|explique|expliquent|expliquait|mentionne|suggère|suggérait|propose|proposent|proposait|recommande|recommandent|demande|demandent|demandait|répond|répondent|affirme|affirmait',
    bound:
      'dit|pensé|cru|expliqué|mentionné|suggéré|proposé|recommandé|conseillé|demandé|répondu|affirmé|raconté|parlé|évoqué',
    about: 'sur|de|du|des|d|à|au|aux|concernant',
    accordingTo: 'selon|d après',
  },
  es: {
    order: 'romance',
    what: 'qué|que|cómo|cuál|cuáles',
    auxiliary: 'ha|han|había|habían',
    finite:
      'dice|dicen|dijo|dijeron|decía|piensa|piensan|pensó|pensaba|opina|opinan|opinó|cree|creen|explica|explican|explicó|explicaron|menciona|mencionó|mencionaron|sugiere|sugirió|propone|proponen|propuso|recomienda|recomiendan|recomendó|pregunta|preguntan|preguntó|responde|respondió|comenta|comentó|afirma|afirmó',
    bound:
      'dicho|pensado|opinado|creído|explicado|mencionado|sugerido|propuesto|recomendado|preguntado|respondido|comentado|afirmado|hablado|contado',
    about: 'sobre|de|del|acerca|respecto|con|a|al|en',
    accordingTo: 'según|de acuerdo con',
  },
  it: {
    order: 'romance',
    what: 'cosa|che|cos|come|quali?',
    auxiliary: 'ha|hanno|aveva|avevano',
    finite:
      'dice|dicono|disse|dissero|diceva|pensa|pensano|pensava|pensò|crede|credono|spiega|spiegano|spiegò|spiegava|menziona|suggerisce|suggerì|propone|propose|proponeva|raccomanda|consiglia|consigliò|chiede|chiese|risponde|rispose|afferma|affermò',
    bound:
      'detto|pensato|creduto|spiegato|menzionato|suggerito|proposto|raccomandato|consigliato|chiesto|risposto|affermato|parlato|raccontato',
    about: 'su|sul|sullo|sulla|sui|sugli|sulle|di|del|dello|della|dei|degli|delle|riguardo|circa|a|al|alla',
    accordingTo: 'secondo',
  },
  pt: {
    order: 'romance',
    what: 'que|quê|como|qual|quais',
    auxiliary: 'tem|têm|tinha|tinham',
    finite:
      'diz|dizem|disse|disseram|dizia|pensa|pensam|pensou|pensava|acha|acham|achou|achava|explica|explicam|explicou|explicaram|menciona|mencionou|sugere|sugeriu|propõe|propôs|recomenda|recomendou|pergunta|perguntou|responde|respondeu|comenta|comentou|afirma|afirmou|falou|contou',
    bound:
      'dito|pensado|achado|explicado|mencionado|sugerido|proposto|recomendado|perguntado|respondido|comentado|afirmado|falado|contado',
    about: 'sobre|de|do|da|dos|das|acerca|quanto|a respeito',
    accordingTo: 'segundo|de acordo com',
  },
};

const FEW_WORDS = '\\S+(?: \\S+){0,3}?';
/** `Qu'Anna a-t-elle dit` */
const INVERTED = '(?:t (?:il|elle|ils|elles|on) )?';

function patternsOf({ order, what, auxiliary, finite, bound, about, accordingTo }: Forms): RegExp[] {
  const end = `(?:(?:${about}) |$)`;
  const byOrder = {
    english: [` (?:${auxiliary}) (?<who>.{1,80}?) (?<verb>${bound}) `],
    germanic: [
      ` (?:${auxiliary}) (?<who>.{1,80}?) (?:(?:${about}) .{1,80}? )?(?<verb>${bound}) `,
      ` (?:${what}) (?<verb>${finite}) (?<who>${FEW_WORDS}) ${end}`,
      // The verb ends a clause: `was Anna über das Budget sagte`.
      ` (?:${what}) (?<who>${FEW_WORDS}) (?:${about}) .{1,80}? (?<verb>${finite}|${bound}) `,
    ],
    romance: [
      ` (?:${auxiliary}) (?<verb>${bound}) (?<who>${FEW_WORDS}) ${end}`,
      ` (?:${what}) (?<verb>${finite}) (?<who>${FEW_WORDS}) ${end}`,
    ],
  };
  return [
    ...byOrder[order],
    ` (?<who>\\S+) (?:(?:${auxiliary}) ${INVERTED}(?<bound>${bound})|(?<verb>${finite})) `,
    ` (?:${accordingTo}) (?<who>\\S+(?: \\S+){0,2}) `,
  ].map((source) => new RegExp(source));
}

const PATTERNS = Object.entries(FORMS).map(([lang, forms]) => ({
  lang,
  asksWhat: new RegExp(`^ (?:\\S+ )?(?:${forms.what}) `),
  patterns: patternsOf(forms),
}));

/** Verbs of saying in a query that asks what somebody says: words of the request, and seldom of the place that is meant. */
export function verbsOfSaying(query: string): string[] {
  const text = wordsOf(query);
  const asked = new Set(PATTERNS.filter(({ asksWhat }) => asksWhat.test(text)).map(({ lang }) => lang));
  return sayingsIn(query).flatMap(({ lang, verb }) => (verb !== undefined && asked.has(lang) ? [verb] : []));
}

/** Whom a query may ask about, and by which verb. Who of them speaks in a source is meant. */
export function sayingsIn(query: string): Saying[] {
  const text = wordsOf(query);
  return PATTERNS.flatMap(({ lang, patterns }) =>
    patterns.flatMap((pattern) => {
      const { who, verb, bound } = pattern.exec(text)?.groups ?? {};
      return who === undefined ? [] : [{ lang, who: ` ${who} `, verb: verb ?? bound }];
    }),
  );
}

/** Lower case, a space before, between and after them. */
export function wordsOf(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(' ')} `;
}
