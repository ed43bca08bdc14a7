// Words that are parts of compounds, and compounds that are said in several words, in languages that write them as one.
import { describe, expect, test } from 'vitest';
import { answerQuestion } from '../../src/query/answer.ts';
import { search } from '../../src/query/search.ts';
import { addSource, makeLibrary, manual, talk } from './library-fixture.ts';

async function germanLibrary() {
  const fixture = await makeLibrary();
  const { library } = fixture;
  await addSource(
    library,
    '/handbuch.pdf',
    'document',
    manual(
      '# Kamera\nDie Kamera steht auf drei Beinen. Jede Kamera hat eine Nummer.',
      '# Ausstattung\nEine Digitalkamera liegt bei, dazu eine Kameratasche und ein Kabel. Die Anzeige ist digital.',
      '# Filterwechsel\nZiehen Sie die Patrone heraus, und drücken Sie die neue fest hinein. Es tropft ein wenig.',
      '# Bohnen\nFüllen Sie höchstens ein Pfund in den Behälter. Steine zerstören die Mühle, und Staub schadet ihr.',
      '# Espresso\nDen Espresso bereiten Sie mit der kleinen Tasse zu; die Zubereitung dauert eine Minute.',
      '# Handwerk\nDie Hand führt das Werkzeug.',
      '# Schuhe\nTragen Sie feste Schuhe.',
    ),
    'de',
  );
  await addSource(
    library,
    '/vorlesung.vtt',
    'transcript',
    talk('Guten Tag.', 'Wie groß der Schritt ist, bestimmt die Lernrate.', 'Das Neuronennetz ist tief.'),
    'de',
  );
  await addSource(library, '/manual.pdf', 'document', manual('# Camera\nA camerawork manual.', '# Filter\nChange it.'));
  return fixture;
}

async function found(query: string): Promise<string[]> {
  await using fixture = await germanLibrary();
  const { hits } = await search(fixture.library, { query, limit: 5 });
  return hits.map(({ title, startMs }) => (startMs === null ? title : `${startMs / 1000} s`));
}

describe('a search finds', () => {
  test('the word itself first, then compounds that it heads, or is part of', async () => {
    expect(await found('Kamera')).toEqual(['Kamera', 'Ausstattung']);
    expect(await found('Tasche')).toEqual(['Ausstattung']);
  });

  test.each([
    ['Filter wechseln', 'Filterwechsel'],
    ['Wechsel der Filter', 'Filterwechsel'],
    ['Rate beim Lernen', '5 s'],
    ['Netz aus Neuronen', '10 s'],
  ])('what is written as one word: %s', async (query, first) => {
    expect((await found(query))[0]).toBe(first);
  });

  test('a compound where its two words are said apart, and not where there is only one of them', async () => {
    expect(await found('Espressozubereitung')).toEqual(['Espresso']);
    expect(await found('Handschuh')).toEqual([]);
  });

  test('nothing else than what is quoted', async () => {
    expect(await found('"neue Kamera"')).toEqual([]);
    expect(await found('"Die Rate"')).toEqual([]);
  });

  test('compounds of a word that is ruled out', async () => {
    expect(await found('Kabel -Tasche')).toEqual(['Ausstattung']);
    expect(await found('Kabel -Kameratasche')).toEqual([]);
  });

  test('no compounds in English', async () => {
    expect(await found('work')).toEqual([]);
  });
});

test('the excerpt shows the compound', async () => {
  await using fixture = await makeLibrary();
  const long = 'Das Gerät steht auf einem festen Tisch, und niemand rührt es an. '.repeat(8);
  const pages = manual(`# Aufbau\n${long} Die Kameratasche ist aus Leder. ${long} Die Tasche nicht.`);
  await addSource(fixture.library, '/handbuch.pdf', 'document', pages, 'de');
  const { hits } = await search(fixture.library, { query: 'Kamera', limit: 1 });
  expect(hits[0]!.snippet).toContain('Kameratasche');
});

describe('a question is answered', () => {
  test('with a compound that says both its words', async () => {
    await using fixture = await germanLibrary();
    const { answer } = await answerQuestion(fixture.library, { question: 'Was bestimmt die Rate beim Lernen?' });
    expect(answer).toContain('Lernrate');
  });

  test('not with what merely has a word in common with it', async () => {
    await using fixture = await germanLibrary();
    const { abstained } = await answerQuestion(fixture.library, { question: 'Wer erfand die Kutsche mit Tasche?' });
    expect(abstained).toBe(true);
  });
});
