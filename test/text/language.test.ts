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
  it('takes bare letters for no language that is written with accents', () => {
    const invoice = `Brightwater Tools Ltd 12 Quay Street Bristol BS1 4XY VAT GB 318 2290 41 Invoice Invoice no. 2024-0117
      Date: 14 March 2024 Due: 13 April 2024 Customer no. 88123 To: Hollow Oak Joinery, 3 Mill Lane, Frome BA11 2PQ
      Pos Item Qty Unit price Total 1 Router bit 12 mm, carbide 4 £18.50 £74.00 2 Bandsaw blade 3.4 m 2 £31.25 £62.50
      3 Dust bag, pack of 10 1 £24.90 £24.90 Delivery £9.00 Net total £170.40 VAT 20 % £34.08 Amount due £204.48
      Please pay to account 40281177, sort code 20-13-09, within 30 days. We charge 2 % interest a month on late payments.`;
    expect(detectLanguage(invoice)?.lang).toBe('en');
  });
  it('says nothing about too little text, numbers or names', () => {
    expect(detectLanguage('')).toBeUndefined();
    expect(detectLanguage('gradient')).toBeUndefined();
    expect(detectLanguage('1 2 3 4.5 60% -- 70')).toBeUndefined();
    expect(detectLanguage('Michael Young Tracy Mitrano Pablo Molina')).toBeUndefined();
  });
});
