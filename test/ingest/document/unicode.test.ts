import { expect, it } from 'vitest';
import { accentOverNext, isGarbage, isUnspaced, normaliseText } from '../../../src/ingest/document/unicode.ts';

const codes = (text: string) => Array.from(text, (letter) => letter.codePointAt(0)!);

it('ligatures become the letters they stand for', () => {
  expect(normaliseText(codes('e\uFB03cient \uFB01le of \uFB02ow'))).toBe('efficient file of flow');
});

it('Arabic presentation forms become plain letters', () => {
  expect(normaliseText(codes('\uFEE3\uFEAE\uFEA3\uFE92\uFE8E'))).toBe('مرحبا');
});

it('direction marks and zero-width spaces are dropped, soft hyphens stay', () => {
  expect(normaliseText(codes('a\u200Bb\u202Ac\u202C hy\u00ADphen'))).toBe('abc hy\u00ADphen');
});

it('accents drawn before their letter are set on it, apostrophes are left alone', () => {
  expect(normaliseText(codes('M¨arkisch, Jerˆome, Dvoˇr, na˜na, l´ami, a ¨ b'))).toBe(
    'Märkisch, Jerôme, Dvoř, naña, l´ami, a ¨ b',
  );
});

it('superscript and full-width characters keep their shape', () => {
  expect(normaliseText(codes('m² Ａ'))).toBe('m² Ａ');
});

it.each([0x01, 0x1f, 0x85, 0xe000, 0xf8ff, 0xfffd, 0xf0000])('U+%s shows that a font has no mapping', (code) => {
  expect(isGarbage(code)).toBe(true);
});

it.each(['a', 'é', '中', 'ж', '\u00AD', '😀'])('%s is text', (letter) => {
  expect(isGarbage(letter.codePointAt(0)!)).toBe(false);
});

it('acute and grave marks over the next letter are told from apostrophes by where they stand', () => {
  expect(normaliseText([accentOverNext(0xb4)!, 0x65])).toBe('é');
  expect(normaliseText([accentOverNext(0x60)!, 0x61])).toBe('à');
  expect(accentOverNext(0x27)).toBeUndefined();
});

it('Chinese and Japanese go on without a space, Korean and Latin words do not', () => {
  expect(isUnspaced('启动过', '程中')).toBe(true);
  expect(isUnspaced('です。', '起動')).toBe(true);
  expect(isUnspaced('\u{20BB7}', '\u{20BB7}野家')).toBe(true);
  expect(isUnspaced('전원을', '켠')).toBe(false);
  expect(isUnspaced('漢가', '漢')).toBe(false);
  expect(isUnspaced('漢字', 'and')).toBe(false);
});
