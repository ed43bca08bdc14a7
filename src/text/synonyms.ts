// Words that say the same where people ask and where people explain: who asks how to delete a picture is helped by a lecturer
// who removes a photo. Common verbs and nouns of lectures, manuals and meetings, in groups; any word of a group stands for the
// others. No terms of a field: those are what a question is told apart by.

import { stemWord } from './terms.ts';

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  en: [
    'remove delete erase eliminate discard',
    'add insert append include attach',
    'change modify alter edit adjust tweak',
    'make create build generate construct',
    'picture image photo photograph',
    'start begin commence launch',
    'stop end finish halt terminate',
    'quit exit leave',
    'select choose pick',
    'move drag shift relocate',
    'show display reveal',
    'hide conceal',
    'big large huge',
    'small little tiny',
    'fast quick rapid quickly',
    'speed rate velocity',
    'increase raise boost grow enlarge',
    'decrease reduce lower lessen shrink',
    'improve enhance better',
    'fix repair correct',
    'undo revert restore reverse',
    'copy duplicate clone',
    'join merge combine unite',
    'blend mix',
    'split divide separate',
    'rotate turn spin',
    'resize scale',
    'crop trim cut',
    'save store',
    'program software application app',
    'error mistake fault bug',
    'problem issue trouble difficulty',
    'goal aim objective purpose target',
    'reason cause',
    'advantage benefit upside strength',
    'disadvantage drawback downside weakness',
    'method approach technique procedure',
    'use utilize employ apply',
    'need require necessary',
    'get obtain retrieve acquire',
    'find locate discover',
    'explain describe clarify',
    'define definition',
    'buy purchase',
    'cost price expense',
    'money funding budget finance',
    'help assist support',
    'allow enable permit let',
    'prevent avoid block',
    'check verify test',
    'watch see view',
    'part piece portion section',
    'kind type sort',
    'whole entire complete full',
    'wrong incorrect false',
    'right correct',
    'important essential crucial vital',
    'simple easy straightforward',
    'hard difficult',
    'bright light',
    'brightness lightness brilliance',
    'dark black',
    'border edge boundary',
    'middle center',
    'top upper',
    'bottom lower',
    'line row',
    'list menu',
    'window dialog',
    'screen monitor display',
    'keyboard key shortcut',
    'caption subtitle',
    'speaker lecturer presenter',
    'folder directory',
    'setting option preference parameter',
    'command instruction',
    'step stage phase',
    'result outcome consequence',
    'happen occur',
    'connect link attach',
    'switch toggle',
    'empty blank',
    'fill populate',
    'guess estimate',
    'compute calculate',
    'measure metric',
    'compare comparison',
    'difference distinction',
    'automatic automatically auto',
    'similar alike',
    'example instance',
    'idea concept notion',
    'proof derivation derive',
    'suggest propose recommend proposal suggestion recommendation',
    'decide decision conclusion conclude',
    'discuss talk discussion',
    'opinion view thought',
    'think believe',
    'worry concern',
    'agree approve',
    'reject refuse',
    'plan schedule',
    'job task work',
    'company business firm',
    'customer client user consumer',
    'people person individual',
    'kid child',
    'car vehicle',
    'house home',
    'television tv',
    'phone telephone smartphone',
    'noise sound audio',
    'volume loudness',
    'movie film video',
    'internet web online',
    'network wifi wireless',
    'password passcode pin',
    'letter character',
    'text word',
    'font typeface',
    'revenue sales turnover',
    'profit earnings income',
    'loss deficit',
    'growth increase',
  ],
};

/** Words and what they are cut to: names of commands, menus and columns are written short, questions in full. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  en: [
    'administrator admin',
    'application app',
    'approximate approx',
    'approximately approx',
    'argument arg',
    'average avg',
    'character char',
    'column col',
    'configuration config',
    'coordinate coord',
    'database db',
    'demonstration demo',
    'directory dir',
    'document doc',
    'documentation docs',
    'environment env',
    'function func',
    'horizontal horiz',
    'information info',
    'initialisation init',
    'initialization init',
    'introduction intro',
    'laboratory lab',
    'library lib',
    'logarithm log',
    'logarithmic log',
    'mathematics maths math',
    'maximal max',
    'maximum max',
    'minimal min',
    'minimum min',
    'number num',
    'parameter param',
    'photograph photo',
    'picture pic',
    'previous prev',
    'professor prof',
    'reference ref',
    'repository repo',
    'specification spec',
    'statistics stats',
    'synchronise sync',
    'synchronize sync',
    'synchronisation sync',
    'synchronization sync',
    'temporary temp',
    'utility util',
    'variable var',
    'vertical vert',
  ],
};

const lists = new Map<string, ReadonlyMap<string, readonly string[]>>();

/** Words that may stand for a lower-case word of the language, itself left out; none where it has no list. */
export function synonymsOf(word: string, lang: string): readonly string[] {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  let list = lists.get(primary);
  if (list === undefined) lists.set(primary, (list = readGroups(GROUPS[primary] ?? [], primary)));
  return list.get(stemWord(word, primary)) ?? [];
}

const shortForms = new Map<string, ReadonlyMap<string, readonly string[]>>();

/** Short forms of a lower-case word of the language, and the words that a short form stands for. */
export function abbreviationsOf(word: string, lang: string): readonly string[] {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  let list = shortForms.get(primary);
  if (list === undefined) shortForms.set(primary, (list = readGroups(ABBREVIATIONS[primary] ?? [], primary)));
  return list.get(stemWord(word, primary)) ?? [];
}

/** By stem, so that `photos` finds the group of `photo`. */
function readGroups(groups: readonly string[], lang: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const group of groups.map((line) => line.split(' '))) {
    for (const word of group) {
      const stem = stemWord(word, lang);
      found.set(stem, [...(found.get(stem) ?? []), ...group.filter((other) => other !== word)]);
    }
  }
  return found;
}
