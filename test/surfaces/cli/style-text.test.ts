import { describe, expect, it } from 'vitest';
import { counted, inLine, printable, wrap } from '../../../src/surfaces/cli/style-text.ts';

const terminal = { isTTY: true } as NodeJS.WriteStream;
const pipe = { isTTY: false } as NodeJS.WriteStream;

describe('text for a terminal', () => {
  it('has no control characters but line breaks, tabs and our own emphasis', () => {
    const text = '\u001b[1mtalk\u001b[22m \u001b[31mred\u001b[2J\u0007\r\u009b1m\tend\n';
    expect(printable(text, terminal)).toBe('\u001b[1mtalk\u001b[22m \ufffd[31mred\ufffd[2J\ufffd\ufffd\ufffd1m\tend\n');
  });

  it('is left as it is on its way into a pipe', () => {
    expect(printable('a\u001b[31mb', pipe)).toBe('a\u001b[31mb');
  });

  it('stays in its line, also in a pipe', () => {
    expect(inLine('a\nb\tc\r\u2028d\u0007')).toBe('a\ufffdb\ufffdc\ufffd\ufffdd\ufffd');
  });

  it('is wrapped to the width given, and counts in the singular', () => {
    expect(wrap('one two three', '  ', 9)).toBe('  one two\n  three');
    expect([counted(1, 'page'), counted(2, 'page')]).toEqual(['1 page', '2 pages']);
  });
});
