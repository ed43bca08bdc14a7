// How text looks: counts, line breaks, and emphasis for terminals: bold and dim where stdout is one and NO_COLOR is not set (https://no-color.org), plain elsewhere.
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

const isStyled = process.stdout.isTTY && !process.env['NO_COLOR'];

const emphasise = (format: Format, text: string) => (isStyled ? styleText(format, text) : text);
export const bold = (text: string) => emphasise('bold', text);
export const dim = (text: string) => emphasise('dim', text);

/** All control characters but line breaks, tabs, and the emphasis above. */
const CONTROLS = /(?!\p{Cc}\[(?:1|2|22)m)(?![\n\t])\p{Cc}/gu;

/** For a terminal: nothing that a title or a file's name holds may move its cursor or rename its window. */
export function printable(text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY ? text.replace(CONTROLS, '\ufffd') : text;
}

/** For a place within a line: no line break or tab of a title or a file's name may end it or move what follows, in a pipe neither. */
export const inLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd');

/** `1 page`, `2 pages`. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Words to lines of at most `width` columns, each after `indent`. */
export function wrap(text: string, indent = '', width = Math.min(process.stdout.columns || 100, 100)): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line.length > indent.length && line.length + word.length + 1 > width) {
      lines.push(line);
      line = indent;
    }
    line += (line.length > indent.length ? ' ' : '') + word;
  }
  if (line.length > indent.length) lines.push(line);
  return lines.join('\n');
}
