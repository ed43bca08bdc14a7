import { describe, expect, it } from 'vitest';
import { detectLanguage } from '../../src/text/language.ts';

describe('detectLanguage', () => {
  it.each([
    ['en', 'where does she derive the update rule'],
    ['de', 'Heute arbeite ich fünfzehn Stunden und morgen werden es siebzehn sein'],
    ['fr', "C'est une chanson française, s'il vous plaît"],
    ['es', 'Nos beneficiamos de que todo el mundo participa'],
    ['ja', '障害のある学生のための情報'],
    ['zh', '我们一直坚信每个人都应该有机会'],
    ['ko', '컴퓨터 프로그램을 좋아해요'],
    ['ar', 'هل تريد الانتهاء مني الآن يا صديقي'],
    ['hi', 'क्या आप मुझे खत्म करना चाहते हैं'],
  ])('knows %s', (lang, text) => {
    expect(detectLanguage(text)?.lang).toBe(lang);
  });
  it('says nothing about too little text, numbers or names', () => {
    expect(detectLanguage('')).toBeUndefined();
    expect(detectLanguage('gradient')).toBeUndefined();
    expect(detectLanguage('1 2 3 4.5 60% -- 70')).toBeUndefined();
    expect(detectLanguage('Michael Young Tracy Mitrano Pablo Molina')).toBeUndefined();
  });
});
