// What every bench shares: the median, one aligned table in Markdown, and where it is kept (with the machine in words).
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between closest ranks (Hyndman and Fan 1996, type 7). `q` from 0 to 1. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

export function machineInWords(): string {
  const gib = Math.round(os.totalmem() / 2 ** 30);
  const [cpu] = os.cpus();
  return `${os.availableParallelism()} cores (${cpu?.model.trim() ?? os.arch()}), ${gib} GiB, ${os.platform()}, Node.js ${process.versions.node}`;
}

/** Prints the table and returns its text: a title, the machine, a Markdown table with aligned columns. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const text = [`## ${title}`, '', machineInWords(), '', line(header), rule, ...rows.map(line), ''].join('\n');
  process.stdout.write(`${text}\n`);
  return text;
}

/** Keeps tables under bench/results/NAME.md; the history of that file is the history of the figures. */
export function saveTable(name: string, ...tables: readonly string[]): void {
  const folder = path.join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.md`), tables.join('\n'));
}
