// ARCHITECTURE.md is true: rooms import what stands above them, what should be nowhere is nowhere, what is named is there.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const repository = path.dirname(import.meta.dirname);
const tour = readFileSync(path.join(repository, 'ARCHITECTURE.md'), 'utf8');

const filesIn = (folder: string) =>
  readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    path.posix.join(folder, file.replaceAll(path.sep, '/')),
  );
const sources = new Map(
  ['src', 'pipelines']
    .flatMap(filesIn)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(path.join(repository, file), 'utf8')]),
);
const filesWith = (pattern: RegExp) => [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);

/** In the order of the table. */
const ROOMS = 'ground http text ingest model events windows store query pipelines surfaces'.split(' ');

function roomOf(file: string): string {
  const [top, room, ...rest] = file.split('/');
  if (top === 'pipelines') return 'pipelines';
  return rest.length > 0 ? room! : 'ground';
}

function importsOf([file, text]: [string, string]): { from: string; to: string }[] {
  return [...text.matchAll(/(?:\bfrom|\bimport\() ?'(\.[^']+\.ts)'/g)].map(([, target]) => ({
    from: file,
    to: path.posix.join(path.posix.dirname(file), target!),
  }));
}

describe('the rooms', () => {
  const imports = [...sources].filter(([file]) => file !== 'src/index.ts').flatMap(importsOf);

  it('import only from those above them in the table, and files that are there', () => {
    expect(imports.length).toBeGreaterThan(1000);
    expect(imports.filter(({ to }) => !sources.has(to))).toEqual([]);
    const isAbove = (to: string, from: string) => ROOMS.indexOf(roomOf(to)) <= ROOMS.indexOf(roomOf(from));
    expect(imports.filter(({ from, to }) => !isAbove(to, from))).toEqual([]);
  });

  it('keep media and models apart', () => {
    const isBetween = ({ from, to }: { from: string; to: string }) =>
      roomOf(from) === 'model' && roomOf(to) === 'ingest';
    expect(imports.filter(isBetween)).toEqual([]);
  });
});

describe('what is found in one place alone', () => {
  it('SQL and SQLite in the store', () => {
    const files = filesWith(/\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM) [a-z_*]|'better-sqlite3'/);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => roomOf(file) !== 'store')).toEqual([]);
  });

  it('printing and exit statuses in the surfaces', () => {
    const files = filesWith(/\bconsole\.\w|process\.(?:stdout|stderr|argv|exit)/);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => roomOf(file) !== 'surfaces')).toEqual([]);
  });

  it('the starting of other programs', () => {
    expect(filesWith(/child_process/).sort()).toEqual(['src/ingest/ffmpeg.ts', 'src/ingest/speech/whisper-cli.ts']);
  });

  it("ONNX Runtime's library", () => {
    expect(filesWith(/'(?:koffi|onnxruntime-node)[/']/)).toEqual(['src/model/ort/native.ts']);
  });
});

describe('the tour', () => {
  it('names files and folders that are there', () => {
    const all = [
      ...readdirSync(repository),
      ...['src', 'pipelines', 'test', 'bench', 'scripts', 'bin'].flatMap(filesIn),
    ];
    const names = [...tour.matchAll(/`([\w./-]+(?:\.[jt]s|\/))`/g)].map(([, name]) => name!.replace(/\/$/, ''));
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter((name) => !all.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
  });

  it('gives a reason for each package that Lectern needs, and for no other', () => {
    const [, table] = tour.split('## Dependencies, each with its reason\n');
    const rows = table!.split('\n\n')[0]!.split('\n').slice(2);
    const named = rows.flatMap((row) => row.split('|')[1]!.trim().split(/[,;] /));
    const needed = [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.optionalDependencies)];
    expect(named.sort()).toEqual(needed.sort());
  });
});
