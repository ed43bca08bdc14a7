// Content words by grammar that name no topic: verbs of talking and doing, adverbs of degree, classroom nouns. They may
// stand inside a title but not at its ends, and they count little.

const LISTS: Readonly<Record<string, string>> = {
  en: `able take give bring carry send sit wait win tend fit belong contain cover hand hang join pass pay pick pull raise reach rest save seek serve sound spend stick stretch throw walk wear
    absolutely actual add ago agree ahead allow amount answer anyway apply ask assume bad based basic basically begin believe best better big bit bunch
    call called care case cause certain change check class clear click clearly close come coming comes common completely consider correct couple course
    create current cut day deal decide depend depending depends describe details different difficult directly easily easy end ends entire equal
    essentially exact exactly example examples expect explain extra fact fair fairly fall fast feel figure final finally find fine finish
    follow following form found full fun general generally good great guess guy guys half hand happen happened happening happens hard
    head hear hello help hi high hit hold home hope hour hours huge idea imagine immediately important include increase inside interested interesting keep kept
    large later lead learn leave left let's literally live long look looked looking looks lost lots love low main major making matter
    maybe mean means meant mention mentioned mind minute minutes moment morning move name named nice normal note notice number numbers obvious
    obviously okay old open order original part particular parts pass past people percent perfect perform person perspective pick piece place plain
    play please point points possible pretty previous probably problem problems process produce properly provide pull push question
    questions quick quickly quote ready real realize reason reasons recall receive refer related remember remove reminder repeat require result results
    return returns run running runs sense separate set shift short show showed showing shown shows side similar simple simply single
    situation size slide slides slightly small somehow special specific spend stand start started starting starts state stay step steps stop story stuff suppose supposed talk talked talking
    talks teach tell term terms thank thanks thought time times today tomorrow tonight top total touch tries trouble true try trying
    turn turns type types typical typically understand understanding usual usually value values video view wait wants watch ways week weeks
    whatever wish wonder word words work worked working works world worry worse worth write writing written wrong year years yesterday
    three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred hundreds thousand thousands million millions billion
    second third fourth fifth half quarter dozen percent double triple anyhow respect practice method methods
    gentleman honourable hon mister chair hmm mm huh wow gosh yep nope cuz cause gotta wanna dunno
    doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven don ve ll re`,
  de: `eins zwei drei vier fünf sechs sieben acht neun zehn hundert tausend zweite dritte eigentlich natürlich vielleicht sagen gesagt sehen gesehen zeigen heute morgen beispiel sache dinge punkt frage fragen teil leute
    zeit mal jahr jahre tag tage wort grund wichtig einfach wirklich gleich eben halt kommen kommt kam nehmen nimmt heißt heißen bedeutet
    gehören gehört lassen lässt finden findet stehen steht liegen liegt schauen anschauen sprechen weiß wissen glaube bitte danke
    woche wochen monat monate stunde stunden minute minuten sekunde sekunden nächste nächsten nächster letzte letzten vorlesung kapitel seite
    prozent gramm kilo liter meter zentimeter grad ende anfang mitte problem lösung weise art möglich richtig falsch groß große großen klein
    kleine kleinen neu neue neuen gute guten erste ersten verschiedene braucht brauchen entsteht entstehen passiert verwendet verwenden
    benutzt nennt genannt läuft laufen stellt stellen setzt setzen bringt bringen hält halten führt führen erklären erklärt`,
  fr: `deux trois quatre cinq six sept huit neuf dix cent mille deuxième troisième exemple question questions point temps jour année partie gens dire voir parler savoir sais pense penser mettre prendre prend passer
    trouver donner regarder montrer important vraiment simplement exactement évidemment peut-être merci petit grand premier fin cas sorte
    truc trucs idée aujourd'hui signifie signifient veut
    semaine semaines mois heure heures minute minutes seconde secondes chapitre page gramme grammes litre mètre problème solution façon manière
    nouveau nouvelle première dernier dernière bonne utilise utiliser utilisent essayer essaient essayent appelle appeler appelons parlons
    passons regardez gardez besoin moment`,
  es: `dos tres cuatro cinco seis siete ocho nueve diez cien mil segundo tercero ejemplo pregunta preguntas punto tiempo día año parte gente decir ver hablar saber sé creo pensar poner tomar pasar encontrar dar mirar
    mostrar importante realmente simplemente exactamente quizás gracias pequeño grande primero fin caso tipo idea hoy forma manera significa significan
    semana semanas mes meses hora horas minuto minutos segundos capítulo página gramo gramos litro metro problema solución cerca lejos nuevo
    nueva nuevos nuevas primera último última mejor peor usar usa usaba utilizar empezar empezó llamar llamaba llamaban llegar llegó servía
    cientos doce catorce`,
  ru: `значит означает называется пример примеры вопрос вопросы например сегодня завтра часть год день раз сказать говорить посмотреть посмотрим
    видеть видим понять понимать думаю знать знаю делать сделать взять дать хорошо просто важно пожалуйста спасибо`,
};

const sets = new Map<string, ReadonlySet<string>>();

/** Takes a lower-case word; a language without a list has no weak words. */
export function isWeakWord(word: string, lang: string): boolean {
  let set = sets.get(lang);
  if (set === undefined) {
    set = new Set((LISTS[lang] ?? '').split(/\s+/));
    sets.set(lang, set);
  }
  if (set.has(word)) return true;
  // Plurals and past forms of listed words; -ing forms are often topics of their own (learning, testing).
  const isForm = lang === 'en' ? /.{3}(?:s|ed)$/ : HAS_S_PLURALS.test(lang) ? /.{3}s$/ : undefined;
  return isForm?.test(word) === true && [1, 2].some((cut) => set.has(word.slice(0, -cut)));
}

const HAS_S_PLURALS = /^(?:fr|es)$/;
