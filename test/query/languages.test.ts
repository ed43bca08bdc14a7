// Questions and searches in several languages, asked of one library that holds sources in all of them.
import { describe, expect, test } from 'vitest';
import { answerQuestion } from '../../src/query/answer.ts';
import { search } from '../../src/query/search.ts';
import { addSource, makeLibrary, manual, talk } from './library-fixture.ts';

async function mixedLibrary() {
  const fixture = await makeLibrary();
  const { library } = fixture;
  await addSource(
    library,
    '/vorlesung.vtt',
    'transcript',
    talk(
      'Heute geht es um die Häuser der Stadt und ihre großen Fenster.',
      'Der Gradient ist die Richtung, in der eine Funktion am stärksten wächst.',
      'Die Lernraten werden dabei schrittweise verkleinert.',
      'Wir hauen keinen einzigen Baum um, und auf den breiten Straßen fährt niemand.',
    ),
    'de',
  );
  await addSource(
    library,
    '/handbuch.pdf',
    'document',
    manual(
      '# Einleitung\nDieses Handbuch beschreibt die Geräte.',
      '# Drucker einrichten\nUm einen Drucker einzurichten, öffnen Sie die Einstellungen und wählen das Gerät.',
      '# Häuser\nDas alte Haus am Markt hat drei Fenster.',
    ),
    'de',
  );
  await addSource(
    library,
    '/lecture.vtt',
    'transcript',
    talk(
      'Today we talk about the houses of the old town.',
      'The gradient is the direction of steepest ascent.',
      'War crimes are the subject of another lecture.',
    ),
    'en',
  );
  await addSource(
    library,
    '/cours.vtt',
    'transcript',
    talk("L'erreur quadratique des réseaux diminue.", 'Les données sont générées par le modèle.'),
    'fr',
  );
  await addSource(
    library,
    '/лекция.vtt',
    'transcript',
    talk('Нейронные сети учатся на примерах.', 'Самолёты летают высоко, а gradients считает PyTorch.'),
    'ru',
  );
  await addSource(
    library,
    '/محاضرة.vtt',
    'transcript',
    talk('تتعلم الشبكات العصبية من البيانات الكثيرة.', 'هذا الكتاب جديد.'),
    'ar',
  );
  await addSource(
    library,
    '/clase.vtt',
    'transcript',
    talk('La generalización de las redes neuronales.', 'Las imágenes de la cámara son pequeñas.'),
    'es',
  );
  await addSource(library, '/přednáška.vtt', 'transcript', talk('Dnes mluvíme o neuronových sítích a datech.'), 'cs');
  await addSource(
    library,
    '/강의.vtt',
    'transcript',
    talk('오늘은 신경망을 배웁니다.', '데이터가 많이 필요합니다.'),
    'ko',
  );
  await addSource(library, '/讲座.vtt', 'transcript', talk('今天我们学习神经网络。', '训练需要很多数据。'), 'zh');
  await addSource(library, '/講義.vtt', 'transcript', talk('今日はニューラルネットワークを学びます。'), 'ja');
  await addSource(library, '/บรรยาย.vtt', 'transcript', talk('วันนี้เราเรียนภาษาไทยและโครงข่ายประสาท'), 'th');
  await addSource(library, '/διάλεξη.vtt', 'transcript', talk('Σήμερα μιλάμε για νευρωνικά δίκτυα.'), 'el');
  await addSource(library, '/лекція.vtt', 'transcript', talk('Сьогодні ми говоримо про нейронні мережі.'), 'uk');
  await addSource(library, '/व्याख्यान.vtt', 'transcript', talk('आज हम तंत्रिका नेटवर्क सीखेंगे।'), 'hi');
  return fixture;
}

/** Names of the sources that have hits, best first. */
async function found(query: string, limit = 10): Promise<string[]> {
  await using fixture = await mixedLibrary();
  const { hits } = await search(fixture.library, { query, limit });
  return [...new Set(hits.map(({ source }) => source.path.slice(1)))];
}

describe('search', () => {
  test.each([
    ['Haus', ['handbuch.pdf', 'vorlesung.vtt']],
    ['house', ['lecture.vtt']],
    ['Lernrate', ['vorlesung.vtt']],
    ['grosse Fenster', ['vorlesung.vtt', 'handbuch.pdf']],
    ['war crime', ['lecture.vtt']],
    ['erreurs', ['cours.vtt']],
    ['donnee generee', ['cours.vtt']],
    ['нейронной сетью', ['лекция.vtt']],
    ['самолет', ['лекция.vtt']],
    ['شبكة عصبية', ['محاضرة.vtt']],
    ['كتب', []],
    ['red neuronal', ['clase.vtt']],
    ['imagen pequena', ['clase.vtt']],
    ['generalizacion', ['clase.vtt']],
    ['neuronovych', ['přednáška.vtt']],
    ['신경망', ['강의.vtt']],
    ['데이터', ['강의.vtt']],
    ['神经网络', ['讲座.vtt']],
    ['ネットワーク', ['講義.vtt']],
    ['ภาษาไทย', ['บรรยาย.vtt']],
    ['νευρωνικα', ['διάλεξη.vtt']],
    ['мережі', ['лекція.vtt']],
    ['नेटवर्क', ['व्याख्यान.vtt']],
    ['"neuronovych siti"', ['přednáška.vtt']],
    ['"neuronových sítí"', ['přednáška.vtt']],
  ])('%s', async (query, sources) => {
    expect((await found(query)).sort()).toEqual([...sources].sort());
  });

  test('an English word finds its forms in English terms of other languages, too', async () => {
    expect((await found('gradients')).sort()).toEqual(['lecture.vtt', 'vorlesung.vtt', 'лекция.vtt']);
  });

  test('a phrase in German holds for other forms of its words, in their order', async () => {
    expect(await found('"breite Straße"')).toEqual(['vorlesung.vtt']);
    expect(await found('"Straße breite"')).toEqual([]);
    expect(await found('"erreur quadratique"')).toEqual(['cours.vtt']);
    expect(await found('"l’erreur quadratique"')).toEqual(['cours.vtt']);
    expect(await found("l'erreur -l'erreur")).toEqual([]);
    expect(await found("réseaux -d'erreurs")).toEqual([]);
    expect(await found('réseaux -erreurs')).toEqual([]);
    expect(await found('réseaux -image')).toEqual(['cours.vtt']);
  });

  test('what is excluded in German is gone in each of its forms, and nothing else', async () => {
    expect(await found('Fenster -Haus')).toEqual([]);
    expect(await found('Fenster -Markt')).toEqual(['vorlesung.vtt']);
    expect(await found('Straßen -Haus')).toEqual(['vorlesung.vtt']);
    expect(await found('houses -Haus')).toEqual(['lecture.vtt']);
  });

  test('the excerpt shows the words that were found, and the moment begins where they are said', async () => {
    await using fixture = await mixedLibrary();
    const { hits } = await search(fixture.library, { query: 'Lernrate', limit: 3 });
    expect(hits[0]).toMatchObject({ startMs: 10_000, source: { lang: 'de' } });
    expect(hits[0]!.snippet).toContain('Lernraten');
  });
});

describe('an answer', () => {
  test.each([
    ['Was ist mit den Lernraten?', 'Die Lernraten werden'],
    ['Wie öffne ich die Einstellung?', 'öffnen Sie die Einstellungen'],
    ['What is the gradient?', 'The gradient is the direction'],
  ])('%s', async (question, beginning) => {
    await using fixture = await mixedLibrary();
    const answer = await answerQuestion(fixture.library, { question });
    expect(answer.answer).toContain(beginning);
  });
});
