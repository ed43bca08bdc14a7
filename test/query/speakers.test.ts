import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { search } from '../../src/query/search.ts';
import { askedOf } from '../../src/query/speakers.ts';
import { addSource, type LibraryFixture, makeLibrary } from './library-fixture.ts';

const NAMES = [
  'Hon. Mary Ng (Minister of Small Business)',
  'Hon. Mary Ng',
  'Mr. Ed Fast',
  'The Chair',
  'Marketing',
  'PhD A',
];
const asked = (query: string) => [...askedOf(NAMES, query)];

describe('who is asked about', () => {
  it('is whom the query names whole, without honorifics and what stands in brackets', () => {
    expect(asked('What did Mary Ng say about rents?')).toEqual(NAMES.slice(0, 2));
    expect(asked('ed fast pensions')).toEqual(['Mr. Ed Fast']);
    expect(asked('What does PhD A think of the format?')).toEqual(['PhD A']);
  });

  it('is whom one word names, where the query asks who speaks', () => {
    expect(asked('What did the chair say about rents?')).toEqual(['The Chair']);
    expect(asked('What did A think about it?')).toEqual(['PhD A']);
    expect(asked('What did Ng suggest?')).toEqual(NAMES.slice(0, 2));
    expect(asked('according to Marketing, what is new?')).toEqual(['Marketing']);
    expect(asked('Fast said what about pensions')).toEqual(['Mr. Ed Fast']);
  });

  it('is nobody where such a word may be a topic', () => {
    expect(asked('how fast is it')).toEqual([]);
    expect(asked('the budget of marketing')).toEqual([]);
    expect(asked('What did they say about marketing?')).toEqual([]);
  });
});

describe('what somebody says about a topic', () => {
  let fixture: LibraryFixture;

  beforeAll(async () => {
    fixture = await makeLibrary();
    // Two seconds a cue: a passage joins several, and their speakers.
    const said = [
      ...Array.from({ length: 30 }, (_, i): [string, string] => ['Eve Low', `Number ${i} of the report is read out.`]),
      ['Ann Lee', 'Good morning to everybody.'],
      ['Ann Lee', 'I find that rents are far too high.'],
      ['Ann Lee', 'Nobody can pay for them.'],
      ['Bob Ray', 'Rents, rents, rents: they will fall, say the rents of spring.'],
      ['Ann Lee', 'We shall see.'],
      ...Array.from({ length: 30 }, (_, i): [string, string] => ['Bob Ray', `Item ${i} of the agenda is put off.`]),
      ['Bob Ray', 'And the rents will fall after all.'],
    ] as const;
    const cues = said.map(([speaker, text], i) => ({ startMs: i * 2000, endMs: (i + 1) * 2000, text, speaker }));
    await addSource(fixture.library, '/meeting.vtt', 'transcript', {
      captions: { origin: { kind: 'file', path: '/meeting.vtt' }, lang: 'en', cues },
    });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const first = async (query: string) => (await search(fixture.library, { query, limit: 3 })).hits[0]!;

  it('is their turn, from its beginning to where somebody else speaks', async () => {
    expect(await first('What did Ann Lee say about rents?')).toMatchObject({ startMs: 60_000, endMs: 66_000 });
    expect(await first('What did Bob Ray say about rents?')).toMatchObject({ startMs: 66_000, endMs: 68_000 });
  });

  it('begins at the words in a turn that began long before', async () => {
    const { hits } = await search(fixture.library, { query: 'Bob Ray on rents', limit: 3 });
    expect(hits[1]).toMatchObject({ startMs: 130_000, endMs: 132_000 });
  });

  it('is found by the topic alone where nobody is named', async () => {
    expect((await first('high rents')).text).toMatch(/^I find that rents/);
  });
});
