import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { sayingsIn, verbsOfSaying } from '../../src/query/saying.ts';
import { search } from '../../src/query/search.ts';
import { askedOf } from '../../src/query/speakers.ts';
import { addSource, type LibraryFixture, makeLibrary } from './library-fixture.ts';

const asked = (query: string) => [...askedOf(['Anna Berg', 'Marketing', 'Der Vorsitzende'], query)];

describe('a question what somebody says', () => {
  test.each([
    ['en', 'say', 'What did Anna say about the budget?'],
    ['en', 'suggested', 'What was it that Anna suggested?'],
    ['de', 'gesagt', 'Was hat Anna über das Budget gesagt?'],
    ['de', 'sagte', 'Was sagte Anna zum Budget?'],
    ['de', 'hält', 'Was hält Anna vom Budget?'],
    ['de', 'vorgeschlagen', 'Welche Summe hat Anna vorgeschlagen?'],
    ['de', 'meinte', 'Was Anna über das Budget meinte'],
    ['nl', 'gezegd', 'Wat heeft Anna over het budget gezegd?'],
    ['nl', 'zei', 'Wat zei Anna over het budget?'],
    ['fr', 'dit', "Qu'a dit Anna sur le budget ?"],
    ['fr', 'dit', "Qu'est-ce qu'Anna a dit du budget ?"],
    ['fr', 'dit', "Qu'Anna a-t-elle dit sur le budget ?"],
    ['fr', 'pense', 'Que pense Anna du budget ?'],
    ['es', 'dijo', '¿Qué dijo Anna sobre el presupuesto?'],
    ['es', 'dicho', '¿Qué ha dicho Anna del presupuesto?'],
    ['es', 'opina', '¿Qué opina Anna sobre el presupuesto?'],
    ['it', 'detto', 'Che cosa ha detto Anna del bilancio?'],
    ['it', 'pensa', 'Cosa pensa Anna del bilancio?'],
    ['pt', 'disse', 'O que a Anna disse sobre o orçamento?'],
    ['pt', 'acha', 'O que acha a Anna do orçamento?'],
  ])('names who speaks, and has the verb in its frame: %s, %s', (lang, verb, query) => {
    expect(asked(query)).toEqual(['Anna Berg']);
    expect(sayingsIn(query).map((found) => found.lang)).toContain(lang);
    expect(verbsOfSaying(query)).toContain(verb);
  });

  test.each([
    'According to Anna, what is new?',
    'Was ist laut Anna neu?',
    'Wat is er nieuw volgens Anna?',
    "Quoi de neuf selon Anna ? D'après Anna, rien.",
    '¿Qué hay de nuevo según Anna?',
    'Secondo Anna, che cosa è nuovo?',
    'Segundo Anna, o que há de novo?',
  ])('may need no verb: %s', (query) => {
    expect(asked(query)).toEqual(['Anna Berg']);
  });

  it('does not ask those it is about, nor everybody with an article in the name', () => {
    expect(asked('Was hat Anna über Marketing gesagt?')).toEqual(['Anna Berg']);
    expect(asked('Was hat der Kunde über das Budget gesagt?')).toEqual([]);
    expect(asked('Was sagte der Vorsitzende dazu?')).toEqual(['Der Vorsitzende']);
  });

  it('is none where a verb of saying is the subject', () => {
    for (const query of ['How do neural networks think?', 'say command', 'qué es el dicho', 'Wie funktioniert das?'])
      expect(verbsOfSaying(query)).toEqual([]);
  });
});

describe('what somebody says in German', () => {
  let fixture: LibraryFixture;

  beforeAll(async () => {
    fixture = await makeLibrary();
    const said = [
      ...Array.from({ length: 20 }, (_, i): [string, string] => ['Eva Low', `Punkt ${i} des Berichts wird verlesen.`]),
      ['Bernd Ray', 'Das Budget, das Budget: über das Budget wurde schon alles gesagt.'],
      ['Anna Lee', 'Guten Morgen zusammen.'],
      ['Anna Lee', 'Ich finde, dass unser Budget viel zu klein ist.'],
      ['Bernd Ray', 'Wir werden sehen.'],
      ...Array.from({ length: 20 }, (_, i): [string, string] => ['Bernd Ray', `Thema ${i} wird vertagt.`]),
    ] as const;
    const cues = said.map(([speaker, text], i) => ({ startMs: i * 2000, endMs: (i + 1) * 2000, text, speaker }));
    const captions = { origin: { kind: 'file', path: '/sitzung.vtt' }, lang: 'de', cues } as const;
    await addSource(fixture.library, '/sitzung.vtt', 'transcript', { captions }, 'de');
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test.each(['Was hat Anna über das Budget gesagt?', 'Was sagt Anna zum Budget?', 'Budget laut Anna'])(
    'is found in their turn: %s',
    async (query) => {
      const { hits } = await search(fixture.library, { query, limit: 3 });
      expect(hits[0]).toMatchObject({ startMs: 42_000, endMs: 46_000 });
    },
  );
});
