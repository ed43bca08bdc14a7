// Words that carry grammar and no topic, by language. Kept as short strings and turned into a set on first use, so that
// importing this file costs nothing. Scripts written without spaces are handled as bigrams by terms.ts; their function
// bigrams are recognised by the characters in them.
import { foldDiacritics } from './fold.ts';

const LISTS: Readonly<Record<string, string>> = {
  en: `a about above across actually after again against all almost already also although always am among an and another any anybody anyone
    anything are aren't around as at away back basically be became because become been before behind being below between both but by came can
    can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough especially etc even ever
    every everybody everyone everything few first for from further get gets getting give given go goes going gone gonna got had hadn't has hasn't have
    haven't having he he'd he'll he's her here here's hers herself him himself his how how's however i i'd i'll i'm i've if in indeed
    instead into is isn't it it'd it'll it's its itself just kind kinda know last least less let let's like little lot made make makes
    many may maybe me mean might more most much must my myself near need neither never next no nobody none nor not nothing now of off often
    oh ok okay on once one ones only onto or other others our ours ourselves out over own per perhaps please put quite rather really right
    said same saw say saying says see seem seems seen several shall she she'd she'll she's should shouldn't since so some somebody someone
    something sometimes somewhere sort still such sure take taken tell than that that'll that's the their theirs them themselves then there
    there's therefore these they they'd they'll they're they've thing things think this those though through throughout thus to together
    too toward towards two uh uhm um under until up upon us use used uses using usually very via want was wasn't way we we'd we'll we're
    we've well went were weren't what what'll what's whatever when when's where where's whether which while who who'd who's whole whom whose
    why will with within without won't would wouldn't yeah yep yes yet you you'd you'll you're you've your yours yourself yourselves`,
  de: `aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim bin bis bisschen
    bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darüber das dass dasselbe davon dazu dein deine
    deinem deinen deiner dem den denen denn der deren des dessen dich die dies diese dieselbe diesem diesen dieser dieses dir doch dort du
    durch eben ein eine einem einen einer eines einfach einige einmal er erst es etwa etwas euch euer eure für gab ganz gar geben gegen gehen
    geht genau gerade gibt gut habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem
    ins irgendwie ist ja jede jedem jeden jeder jedes jedoch jemand jetzt kann kannst kein keine keinem keinen keiner können könnte machen
    macht mal man manche mehr mein meine meinem meinen meiner mich mir mit muss müssen nach nachdem natürlich neben nein nicht nichts noch
    nun nur ob oder ohne quasi schon sehr sei sein seine seinem seinen seiner seit selbst sich sie sind so sogar solche soll sollen sollte
    sondern sonst sowie über um und uns unser unsere unter viel viele vom von vor während wann war waren warum was weg weil weiter welche
    welchem welchen welcher wenn wer werde werden wie wieder will wir wird wirst wo wohl wollen worden wurde wurden würde würden zu zum zur
    zwar zwischen`,
  fr: `a afin ai ainsi alors après as au aucun aucune aujourd'hui auquel aussi autre autres aux avaient avait avant avec avez avoir avons
    beaucoup bien bon c ça car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez chose choses ci comme comment d dans
    de dedans depuis des dès deux devant dire dit dois doit donc dont du elle elles en encore enfin entre es est et étaient étais était été
    êtes être eu eux faire fait faut fois font hors ici il ils j je jusqu' juste l la là le lequel les leur leurs lors lui m ma mais
    même mêmes mes moi moins mon n ne ni non nos notre nous on ont ou où oui par parce pas pendant peu peut peuvent plus plusieurs
    pour pourquoi pouvez pouvoir puis qu quand que quel quelle quelles quelque quelques quels qui quoi s sa sans se sera ses seulement si soi
    soit sommes son sont sous souvent suis sur t ta tandis te tel telle tellement tes toi ton toujours tous tout toute toutes très trop tu un
    une va vais vers veut vient voici voilà voir vont vos votre vous vraiment y`,
  es: `a acá ahí ahora al algo alguien algún alguna algunas alguno algunos allí ante antes aquel aquella aquello aquí así aún aunque bajo bien
    bueno cada casi como cómo con contra cosa cosas cual cuál cuales cualquier cuando cuándo cuanto de decir del desde después donde dónde dos
    durante e el él ella ellas ello ellos en entonces entre era eran eres es esa esas ese eso esos esta está estaba estado estamos están
    estar este esto estos estoy fue fueron ha haber había habían hace hacen hacer hacia han hasta hay he hemos hoy incluso ir la las le les lo
    los luego más me mejor menos mi mí mientras mis misma mismas mismo mismos mucha muchas mucho muchos muy nada ni ningún ninguna no nos
    nosotros nuestra nuestras nuestro nuestros nunca o os otra otras otro otros para pero poco por porque pues puede pueden puedo que qué
    quien quién quiere quieren se sea según ser si sí sido siempre sin sino sobre solamente solo sólo somos son soy su sus también tan tanto te
    tener tengo ti tiene tienen toda todas todavía todo todos tras tu tú tus un una unas uno unos usted ustedes va vamos van vez veces ver y
    ya yo`,
  it: `a abbiamo ad adesso agli ai al alcune alcuni all alla alle allo allora altra altre altri altro anche ancora avere aveva avevano bene c
    che chi ci ciò cioè coi col come con contro cosa così cui d da dagli dai dal dall dalla dalle dallo degli dei del dell della delle dello
    dentro di dire dopo dove due dunque e è ecco ed era erano essere fa fare fatto fino fra già gli ha hai hanno ho i il in invece io l la
    le lei li lo loro lui ma mai me meno mentre mi mia mie miei mio molta molte molti molto ne negli nei nel nell nella nelle nello nessuno
    niente no noi non nostra nostre nostri nostro o ogni ognuno oppure ora per perché perciò però più poco poi possono prima può qua quale
    quali qualche qualcosa quando quanto quasi quella quelle quelli quello questa queste questi questo qui quindi se sei sempre senza si sì
    sia siamo sono sta stata stato stesso sto su sua subito sue sugli sui sul sull sulla sulle suo suoi tra tu tua tue tuo tuoi tutta tutte
    tutti tutto un una uno va vi viene voi volta vostra vostro`,
  pt: `a à agora ainda além algo alguém algum alguma algumas alguns ali antes ao aos apenas aquela aquelas aquele aqueles aqui aquilo as às
    assim até bem cada coisa coisas com como contra da das de dela delas dele deles depois desde dessa desse desta deste disso disto dizer do
    dos e é ela elas ele eles em então enquanto entre era eram essa essas esse esses esta está estão estar estava este estes eu faz fazer foi
    foram gente há isso isto já lá lhe lhes mais mas me mesma mesmo meu meus minha minhas muita muitas muito muitos na não nas nem nenhum
    nessa nesse nesta neste no nos nós nossa nosso num numa nunca o onde os ou outra outras outro outros para pela pelas pelo pelos pode
    podem por porque pouco pra qual quais qualquer quando quanto que quem quer se seja sem sempre sendo ser será seu seus si sido só sobre
    sou sua suas também tão te tem têm temos tenho ter teu tinha toda todas todo todos tu tua tudo um uma umas uns vai vamos vão você vocês`,
  nl: `aan al alle alleen alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een eens en er ge geen geweest
    haar had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je kan kon kunnen maar me meer men met mij mijn moet na naar
    niet niets nog nu of om omdat ons ook op over reeds te tegen toch toen tot u uit uw van veel voor want waren was wat we wel werd wezen
    wie wij wil worden zal ze zei zelf zich zij zijn zo zonder zou`,
  sv: `alla allt att av blev bli blir de dem den denna deras dess dessa det detta dig din du där efter ej eller en er ett från för ha hade han
    hans har henne hennes hon honom hur här i icke in ingen inte jag ju kan kunde man med mellan men mig min mot mycket ni nu när någon något
    några och om oss på sedan sig sin själv ska skulle som så till under upp ut utan vad var vara vi vid vilka vår än är över`,
  da: `ad af alle alt at blev blive bliver da de dem den denne der deres det dette dig din dog du efter eller en end er et for fra ham han
    hans har havde hende hendes her hos hun hvad hvis hvor i ikke ind jeg jer jo kunne man mange med meget men mig min mod ned noget nogle nu
    når og også om op os over på selv sig skal skulle som sådan thi til ud under var vi vil ville vor være været`,
  no: `alle at av bare ble bli blir da de deg den denne der det dette din du eg ein eller en er et etter for fra før ha hadde han hans har
    hennes her hun hva hvem hver hvor i ikke ingen inn jeg kan kunne man mange med meg men mer min mot ned nei noe noen nå når og også om opp
    oss over på seg selv si sin skal skulle slik som så til ut var ved vi vil ville vår være vært`,
  fi: `ei eivät emme en et ette että hän he hänen ja jo jos joka jotka kuin kun me mikä minä minun mitä mukaan mutta myös ne niin niitä nyt
    ole olen olet oli olivat olla on ovat se sekä sen siitä sillä sinä sitä tai tämä tämän te tuo vain vaan voi`,
  pl: `a aby ale bardzo będzie bez bo by był była było były być ci co czy dla do go i ich ile im ja jak jako je jego jej jest jeszcze jeśli
    już każdy kiedy która które którego której który którzy lub ma mam mi może można mnie my na nad nam nas nie nim niż no o od on ona one
    oraz po pod przez przy są się sobie tak także tam te tego tej ten to tu ty tych tylko tym u w we więc wszystko z za ze że żeby`,
  ru: `а без более больше будет будто бы был была были было быть в вам вас вдруг ведь во вот впрочем все всегда всего всех всю вы где да даже
    два для до другой его ее ей ему если есть еще ещё ж же за зачем здесь и из или им иногда их к как какая какой когда кто куда ли лучше
    между меня мне много может можно мой моя мы на над надо наконец нас не него нее ней нельзя нет ни нибудь никогда ним них ничего но ну о об
    один он она они опять от перед по под после потом потому почти при про раз разве с сам свою себе себя сейчас со совсем так такой там
    такая такие таких такое который которая которое которые которых своей свои своих тебя тем теперь то тогда того тоже только том тот
    тут ты у уж уже хорошо хоть чего чем через что чтоб чтобы чуть эта эти это этих этого этой этом этот эту я`,
  tr: `acaba ama ancak aslında az bana bazı belki ben beni benim bir biri birkaç biz bize bu buna bunda bundan bunu bunun burada çok çünkü da
    daha de değil diye en gibi hem hep her hiç için ile ise kadar ki kim mı mi mu mü nasıl ne neden nerede niçin o olan olarak oldu olduğu ona
    onlar onu onun sadece şey siz şu şunu tüm var ve veya ya yani yok`,
  ar: `في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين ما لا لم لن إن أن كان كانت يكون قد هو هي هم نحن أنا أنت ثم أو و كل بعض عند بين حتى إذا
    كما لكن هل أي ليس بعد قبل هنا هناك لقد كيف متى أين لماذا منذ غير فقط أيضا جدا نعم يا به له لها فيه فيها منه منها عليه عليها`,
  hi: `और का की के को में से है हैं था थी थे हो होता होती होते ही भी यह ये वह वे इस उस इन उन एक पर तो कि जो ने कर करना करते करने किया गया गई गए जा
    नहीं या अब तक लिए साथ बाद हम हमें आप मैं मुझे तुम कुछ कोई क्या क्यों कैसे कब कहाँ जब तब यहाँ वहाँ अपने अपना अपनी बहुत सब रहा रही रहे हुआ हुई सकते सकता हाँ`,
};

/** Characters that make a Chinese or Japanese bigram a function word: particles, pronoun parts, auxiliaries. */
const FUNCTION_CHARACTERS = new Set(
  '的了吗嗎呢吧啊着著过過们們这這那哪么麼很也都就和与與及或在是有不没沒我你您他她它会會个個之其',
);

const sets = new Map<string, ReadonlySet<string>>();

function stopWordsOf(lang: string): ReadonlySet<string> | undefined {
  const known = sets.get(lang);
  if (known !== undefined) return known;
  const list = LISTS[lang];
  if (list === undefined) return undefined;
  const set = new Set(list.split(/\s+/).map(foldDiacritics));
  sets.set(lang, set);
  return set;
}

/** Languages that have a list, as BCP 47 primary subtags. */
export function stopWordLanguages(): readonly string[] {
  return Object.keys(LISTS);
}

/** Whether a lower-case word is a function word of the language (BCP 47; region and script subtags are ignored). */
export function isStopWord(word: string, lang: string): boolean {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  return stopWordsOf(primary === 'nb' || primary === 'nn' ? 'no' : primary)?.has(foldDiacritics(word)) ?? false;
}

/** Whether a bigram of Han or kana characters is grammar: hiragana only, or holding a particle. */
export function isFunctionBigram(bigram: string): boolean {
  if (/^\p{Script=Hiragana}+$/u.test(bigram)) return true;
  for (const character of bigram) if (FUNCTION_CHARACTERS.has(character)) return true;
  return false;
}
