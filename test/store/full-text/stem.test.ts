import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { stem } from '../../../src/store/full-text/stem.ts';

test('the examples of the paper come out as printed there', () => {
  const examples = {
    caresses: 'caress',
    ponies: 'poni',
    cats: 'cat',
    feed: 'feed',
    agreed: 'agre',
    plastered: 'plaster',
    sing: 'sing',
    conflated: 'conflat',
    troubled: 'troubl',
    hopping: 'hop',
    falling: 'fall',
    filing: 'file',
    happy: 'happi',
    sky: 'sky',
    relational: 'relat',
    conditional: 'condit',
    digitizer: 'digit',
    vietnamization: 'vietnam',
    hopefulness: 'hope',
    formalize: 'formal',
    electrical: 'electr',
    adjustment: 'adjust',
    adoption: 'adopt',
    effective: 'effect',
    probate: 'probat',
    rate: 'rate',
    cease: 'ceas',
    controlling: 'control',
    generalizations: 'gener',
    oscillators: 'oscil',
  };
  for (const [word, expected] of Object.entries(examples)) expect(`${word} ${stem(word)}`).toBe(`${word} ${expected}`);
});

test('4,860 words with every ending have the stems that the Porter tokenizer of SQLite gives them', () => {
  const beginnings = [
    'gener',
    'comput',
    'hopp',
    'control',
    'oscill',
    'trei',
    'ya',
    'sky',
    'fizz',
    'relat',
    'b',
    'agre',
  ];
  const middles = ['', 'al', 'iz', 'at', 'ativ', 'ation', 'bil', 'i', 'ous', 'ful', 'ement', 'log', 'ent', 'ic', 'y'];
  const endings = ['', 's', 'es', 'ies', 'ed', 'eed', 'ing', 'y', 'ly', 'ational', 'izer', 'iti', 'ness', 'ism', 'e'];
  const more = ['ion', 'sion', 'able', 'ment', 'ance', 'encies', 'iveness', 'ally', 'll', 'ee', 'icate', 'ologies'];
  const words = beginnings.flatMap((a) => middles.flatMap((b) => [...endings, ...more].map((c) => a + b + c)));
  const db = new Database(':memory:');
  db.exec(`CREATE VIRTUAL TABLE fts USING fts5 (word, tokenize = 'porter ascii');
    CREATE VIRTUAL TABLE instances USING fts5vocab (fts, instance)`);
  const insert = db.prepare('INSERT INTO fts (rowid, word) VALUES (?, ?)');
  words.forEach((word, i) => insert.run(i + 1, word));
  const theirs = db.prepare<[], { doc: number; term: string }>('SELECT doc, term FROM instances').all();
  const differing = theirs
    .map(({ doc, term }) => ({ word: words[doc - 1]!, theirs: term, ours: stem(words[doc - 1]!) }))
    .filter((one) => one.theirs !== one.ours);
  expect(theirs.length).toBe(words.length);
  expect(differing).toEqual([]);
});

test('words of other alphabets and with digits stay as they are', () => {
  for (const word of ['mp3s', '2000s', 'правила', 'größen', 'is', 'a']) expect(stem(word)).toBe(word);
});
