// Which words can stand at the border of two sentences, by language: the closed classes of its grammar, not words of any subject. Where
// captions have no punctuation these tell sentences apart: `of | the` is never a border, `it | so we` nearly always is one.
// The classes are those of Quirk et al., A Comprehensive Grammar of the English Language (1985), 2.34 to 2.45, for the closed ones,
// 7.53 (linking adverbs) and 14.12 (subordinators); what is theirs in other languages follows the function words of stop-words.ts.

export interface ClauseWords {
  /** What follows belongs to them: articles, possessives, most prepositions, conjunctions, subject pronouns. */
  readonly open: ReadonlySet<string>;
  /** So it does as a rule: auxiliaries, prepositions that are adverbs, too, verbs that take a clause, words of degree. */
  readonly halfOpen: ReadonlySet<string>;
  /** Often the last word: pronouns that are objects, adverbs of place and time. */
  readonly closing: ReadonlySet<string>;
  /** They belong to what comes before: `of`, `than`, finite verbs that need a subject. */
  readonly tied: ReadonlySet<string>;
  /** Begin a sentence wherever they stand: `okay`, `hello`. */
  readonly openers: ReadonlySet<string>;
  /** Begin one if a clause follows, and how surely: `so we`, `and then`. */
  readonly linkers: ReadonlyMap<string, number>;
  /** Always begin a clause: `let's`; a subject and its verb in one word: `it's`, `tenemos`. */
  readonly clauses: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  /** Pronouns that are subjects only before a verb. */
  readonly maybeSubjects: ReadonlySet<string>;
  /** What follows such a subject. */
  readonly verbs: ReadonlySet<string>;
  /** Finite verbs without much meaning; a question may begin with them. */
  readonly auxiliaries: ReadonlySet<string>;
  /** Those that before an article always begin a question: `does the`, `can the`. */
  readonly modals: ReadonlySet<string>;
  readonly questionWords: ReadonlySet<string>;
  /** Begin a clause before the main clause as often as one behind it. */
  readonly subordinators: ReadonlySet<string>;
  readonly articles: ReadonlySet<string>;
  /** Verbs that tell somebody to do something, where an object or a direction follows. */
  readonly imperatives: ReadonlySet<string>;
  /** Those of them that are followed by names as well: `choose edit fill`, `press delete`. */
  readonly commands: ReadonlySet<string>;
  /** What may follow those. */
  readonly directions: ReadonlySet<string>;
  /** A clause follows them without a relative pronoun: `the way we`, `anything you`. */
  readonly antecedents: ReadonlySet<string>;
  /** Pairs that are never parted, and begin no clause: `you know`. */
  readonly pairs: ReadonlySet<string>;
}

/** Each class as words between spaces. */
type Lists = { readonly [Class in Exclude<keyof ClauseWords, 'linkers' | 'pairs'>]?: string } & {
  readonly linkers: { readonly sure: string; readonly likely: string; readonly possible: string };
  readonly pairs?: readonly string[];
};

const EN_CLAUSES = `i'm i've i'd i'll we're we've we'd we'll you're you've you'd you'll they're they've they'd they'll he's he'd he'll she's
  she'd she'll it's it'll it'd that's that'll there's there'll here's what's who's where's how's let's`;
const EN_AUXILIARIES = 'is are was were am do does did have has had can could will would shall should may might must';
const EN_NEGATED = `don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't`;

const LISTS: Readonly<Record<string, Lists>> = {
  en: {
    open: `a an the my your our their its his every each of to from with into for by at as than per via toward towards between among during
      without within upon onto against and or but nor because if when while although though unless whether until which whose who
      whenever since whatever i we they he she ${EN_CLAUSES} ${EN_NEGATED} so very gonna wanna gotta kinda uh um er erm mr mrs ms dr let`,
    halfOpen: `${EN_AUXILIARIES} be been being in on about through under across along around behind beyond like not just also really
      only even quite pretty more most less some any no these those that what how why where then now ok okay alright yeah oh think know
      say says said see guess mean means suppose believe hope notice remember make makes get gets want wants need needs going able
      trying using called both either too many much other another such same different two three four five six seven eight nine
      ten first second third next new sure course least example similarly basically actually usually sometimes click select
      choose press drag open type add use enter hit`,
    closing: `here there it them me him us this you again today later before together yet anyway well right done please up down out
      off over away back`,
    tied: `of than is are was were am be been being has had to from with into by at for as that which who whose per very much else me
      him them us up down out off away isn't aren't wasn't weren't`,
    openers: `ok okay alright hello hi welcome thank thanks let's yeah yes oh`,
    linkers: {
      sure: 'so now well',
      likely: 'but also again basically first next finally here however therefore similarly',
      possible: 'and then actually maybe or um uh',
    },
    clauses: EN_CLAUSES,
    subjects: 'i we they he she',
    maybeSubjects: 'you it this these those there',
    verbs: `${EN_AUXILIARIES} ${EN_NEGATED} just also actually really now get gets go goes want wants need needs see know make makes take
      takes use means seems looks works gives got basically probably always never usually turns happens says shows helps becomes
      comes lets`,
    auxiliaries: `${EN_AUXILIARIES} ${EN_NEGATED}`,
    modals: 'do does did can could will would shall should',
    questionWords: 'what how why where when',
    subordinators: 'if when once whenever since',
    articles: 'the a an my your our this that these those',
    imperatives: `click select choose press drag open type make go move keep try start come scroll notice look take change set add use
      enter hit hold tap turn put check remember note consider imagine suppose let save close create copy paste repeat find pick
      switch give get double-click right-click release hover name don't rename
      grab delete zoom deselect uncheck stir`,
    commands: 'click choose press select drag type double-click right-click rename',
    directions: `the a an my your our this that these those sure of to from with into for by at as toward towards between without within
      onto in on about through under across along around behind over up down out off back`,
    antecedents: `way time thing things everything anything something nothing all reason one ones place case kind what how where why
      that whatever much`,
    pairs: [
      'you know',
      'so that',
      'now that',
      'but also',
      'well as',
      'as well',
      'right now',
      'right here',
      'right there',
      'or not',
    ],
  },
  de: {
    open: `ein eine einen einem einer eines kein keine keinen mein meine dein deine sein seine ihr ihre unser unsere unseren den dem des in
      im ins auf an am mit von vom zu zum zur bei beim nach aus für durch über unter um gegen ohne zwischen vor hinter neben seit
      und oder aber sondern denn weil dass wenn ob obwohl bevor nachdem falls sobald indem als wie sehr äh ähm herr frau dr`,
    halfOpen: `der die das ich wir er sie es man diese dieser dieses diesen welche jede jeden viele alle mehr nicht auch nur noch also`,
    closing: `hier dort da jetzt heute so wieder ist sind war hat haben kann können wird werden wurde muss müssen soll will ab auf an aus`,
    tied: `dass ob als wie nicht auch noch nur schon mal doch halt eben sehr mich mir dich dir sich uns ihn ihm ihnen von vom zu`,
    openers: 'okay ok hallo willkommen danke genau',
    linkers: {
      sure: 'jetzt nun also',
      likely: 'aber dann danach zuerst außerdem deshalb deswegen trotzdem',
      possible: 'und oder denn hier',
    },
    maybeSubjects: 'ich wir er sie es man das dies',
    verbs: `ist sind war waren bin habe hat haben hatte hatten wird werden wurde wurden kann können konnte muss müssen soll sollen will
      wollen möchte möchten darf dürfen gibt geht gehen sehe sehen sieht macht machen kommt kommen heißt bedeutet zeigt zeigen
      brauchen braucht nehmen nimmt steht stehen liegt denke glaube`,
    auxiliaries: 'ist sind war waren hat haben wird werden kann können muss müssen soll will gibt',
    questionWords: 'was wie warum wo wer wann wieso weshalb',
    subordinators: 'wenn als falls sobald nachdem bevor obwohl während weil',
    articles: 'der die das ein eine mein meine unser unsere diese dieser dieses',
    pairs: ['zum beispiel', 'das heißt', 'so dass', 'auch wenn', 'wie viele'],
  },
  fr: {
    open: `le la les un une des du de au aux à en dans sur avec pour par sans sous entre vers chez contre mon ma mes ton ta tes son sa ses
      notre nos votre vos leur leurs ce cet cette ces chaque quelques plusieurs et ou mais donc car que qui dont où si quand lorsque
      parce puisque comme je tu il ils on ne très trop c'est c'était j'ai monsieur madame euh`,
    halfOpen: `est sont était a ont avait va vont peut peuvent doit doivent fait faut nous vous elle elles se y plus moins bien tout toute
      tous toutes pas aussi`,
    closing: 'ça là ici cela maintenant encore ensemble aujourd’hui voilà',
    tied: `de du d' que qui dont pas plus est sont était qu'il qu'elle qu'on qu'ils qu'elles qu'un qu'une lui leur`,
    openers: 'bonjour merci bienvenue oui ok voilà',
    linkers: { sure: 'alors maintenant ensuite', likely: "mais puis enfin donc d'abord aussi", possible: 'et ou car' },
    clauses: `c'est c'était j'ai j'avais j'aimerais j'étais d'accord qu'est-ce est-ce`,
    subjects: 'je tu il elle on nous vous ils elles',
    maybeSubjects: 'ça cela ce',
    verbs: 'est sont était a ont avait va vont peut peuvent doit fait sera serait',
    auxiliaries: 'est sont était étaient a ont avait va vont peut peuvent doit doivent fait',
    questionWords: 'pourquoi comment combien',
    subordinators: "si quand lorsque comme puisque lorsqu'on s'il",
    articles: 'le la les un une des ce cet cette ces mon ma notre votre',
    pairs: ['parce que', 'par exemple', 'et demi', 'il y'],
  },
  es: {
    open: `el la los las un una unos unas de del a al en con por para sin sobre entre hasta desde hacia mi mis tu tus su sus nuestro nuestra
      cada y e o u pero que si cuando como porque aunque donde quien cual muy lo se me te le les nos no señor señora eh`,
    halfOpen: `es son era está están hay ha han había va van puede pueden tiene tienen este esta estos estas ese esa yo nosotros ellos ellas
      él ella más menos también tan`,
    closing: 'aquí allí ahí eso esto así ahora bien todo nada',
    tied: 'de del que quien cual más tan',
    openers: 'hola bueno gracias bienvenidos bienvenidas vale sí',
    linkers: {
      sure: 'entonces ahora',
      likely: 'pero luego después primero además finalmente',
      possible: 'y o porque aquí',
    },
    clauses: 'vamos tenemos podemos queremos hay creo quiero voy necesitamos vemos sabemos hemos estamos somos',
    subjects: 'yo nosotros nosotras ellos él ella ustedes usted',
    maybeSubjects: 'esto eso este esta',
    verbs: 'es son era fue está están ha han va van puede pueden tiene tienen significa',
    auxiliaries: 'es son era fue está están ha han va van puede pueden tiene tienen',
    questionWords: 'qué cómo cuándo dónde cuál cuántos',
    subordinators: 'si cuando mientras aunque',
    articles: 'el la los las un una este esta estos estas mi nuestro nuestra',
    pairs: ['por ejemplo', 'es decir', 'así que', 'ya que', 'tal vez'],
  },
  it: {
    open: `il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla dai in nel nella nei nelle
      con su sul sulla per tra fra senza mio mia tuo suo sua nostro nostra ogni e ed o ma che se quando come perché anche dove chi cui
      molto mi ti si ci vi non signor signora eh`,
    halfOpen: 'è sono era ha hanno va vanno può possono questo questa questi queste io noi loro lui lei più meno così',
    closing: 'qui qua lì là ciò adesso oggi bene tutto niente',
    tied: 'di del della che cui più',
    openers: 'ciao buongiorno grazie benvenuti bene ok sì',
    linkers: {
      sure: 'allora adesso ora quindi',
      likely: 'ma poi infine dunque inoltre',
      possible: 'e o perché anche qui',
    },
    clauses: "abbiamo possiamo vogliamo andiamo vediamo dobbiamo siamo c'è credo penso voglio",
    subjects: 'io noi loro lui lei',
    maybeSubjects: 'questo questa questi queste',
    verbs: 'è sono era ha hanno va può possono deve significa',
    auxiliaries: 'è sono era ha hanno va vanno può possono deve',
    questionWords: 'cosa come quando dove quale quanti',
    subordinators: 'se quando mentre sebbene',
    articles: 'il lo la i gli le un una questo questa questi queste mio nostro nostra',
    pairs: ['per esempio', 'in modo', 'anche se'],
  },
  pt: {
    open: `o a os as um uma uns umas de do da dos das em no na nos nas ao à aos às com por pelo pela para pra sem sobre entre até desde meu
      minha seu sua nosso nossa cada e ou mas que se quando como porque embora onde quem muito me te lhe não senhor senhora né`,
    halfOpen:
      'é são era está estão há tem têm vai vão pode podem este esta esse essa eu nós eles elas ele ela você mais menos também',
    closing: 'aqui ali lá isso isto assim agora bem tudo nada',
    tied: 'de do da dos das que quem mais',
    openers: 'olá oi bom obrigado obrigada sim',
    linkers: { sure: 'então agora', likely: 'mas depois primeiro além finalmente', possible: 'e ou porque aqui' },
    clauses: 'temos podemos vamos queremos há acho quero vou precisamos vemos sabemos estamos somos',
    subjects: 'eu nós eles elas ele ela você vocês',
    maybeSubjects: 'isso isto este esta',
    verbs: 'é são era foi está estão tem têm vai vão pode podem significa',
    auxiliaries: 'é são era foi está estão tem têm vai vão pode podem',
    questionWords: 'como quando onde qual quantos',
    subordinators: 'se quando enquanto embora',
    articles: 'o a os as um uma este esta esse essa meu nosso nossa',
    pairs: ['por exemplo', 'ou seja', 'já que', 'a gente'],
  },
};

const [SURE, LIKELY, POSSIBLE] = [2.5, 1.2, 0.5];

const compiled = new Map<string, ClauseWords>();

/** undefined for a language whose classes are not listed. */
export function clauseWordsOf(lang: string): ClauseWords | undefined {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  const lists = LISTS[primary];
  if (lists === undefined) return undefined;
  let words = compiled.get(primary);
  if (words === undefined) compiled.set(primary, (words = compile(lists)));
  return words;
}

function compile({ linkers, pairs, ...lists }: Lists): ClauseWords {
  const grades = [
    [linkers.sure, SURE],
    [linkers.likely, LIKELY],
    [linkers.possible, POSSIBLE],
  ] as const;
  const set = (words = '') => new Set(words.split(/\s+/));
  return {
    open: set(lists.open),
    halfOpen: set(lists.halfOpen),
    closing: set(lists.closing),
    tied: set(lists.tied),
    openers: set(lists.openers),
    linkers: new Map(grades.flatMap(([words, grade]) => words.split(' ').map((word) => [word, grade] as const))),
    clauses: set(lists.clauses),
    subjects: set(lists.subjects),
    maybeSubjects: set(lists.maybeSubjects),
    verbs: set(lists.verbs),
    auxiliaries: set(lists.auxiliaries),
    modals: set(lists.modals),
    questionWords: set(lists.questionWords),
    subordinators: set(lists.subordinators),
    articles: set(lists.articles),
    imperatives: set(lists.imperatives),
    commands: set(lists.commands),
    directions: set(lists.directions),
    antecedents: set(lists.antecedents),
    pairs: new Set(pairs),
  };
}
