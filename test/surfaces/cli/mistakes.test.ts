// Mistakes of people and of scripts: what they are told, and what of their work is done all the same.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lecternOn } from './run-lectern.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-mistakes-'));
const library = path.join(folder, 'library');
const lectern = lecternOn(library);
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  writeFileSync(at('talk.vtt'), 'WEBVTT\n\n00:00.000 --> 00:05.000\nSaturn has rings made of ice.\n');
  await lectern(['index', at('talk.vtt')]);
});

describe('a file of queries', () => {
  const linesOf = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { query?: string; question?: string; error?: { code: string } });

  it.each(['search', 'ask'])(
    'answers the others beside one of an unknown source with %s, and exits with 3',
    async (command) => {
      writeFileSync(at('queries'), 'rings\n{"query":"ice","source":"nowhere"}\n\n{"query":"Saturn","source":"talk"}\n');
      const { code, stdout, stderr } = await lectern([command, '--queries', at('queries')]);
      const lines = linesOf(stdout);
      expect(lines.map(({ query, question }) => query ?? question)).toEqual(['rings', 'ice', 'Saturn']);
      expect(lines.map(({ error }) => error?.code)).toEqual([undefined, 'SOURCE_NOT_FOUND', undefined]);
      expect([code, stderr]).toEqual([3, '']);
    },
  );

  it('exits with 1 where no line could be answered', async () => {
    writeFileSync(at('queries'), '{"query":"ice","source":"nowhere"}\n');
    expect((await lectern(['search', '--queries', at('queries')])).code).toBe(1);
  });

  it('is read as UTF-16 where it is that, and refused where it is no text', async () => {
    for (const bytes of [
      Buffer.from('\ufeffrings\r\nice\r\n', 'utf16le'),
      Buffer.from('\ufeffrings\nice\n', 'utf16le').swap16(),
    ]) {
      writeFileSync(at('queries'), bytes);
      const { stdout } = await lectern(['search', '--queries', at('queries')]);
      expect(linesOf(stdout).map(({ query }) => query)).toEqual(['rings', 'ice']);
    }
    writeFileSync(at('queries'), 'rings\0\0\n');
    const { code, stdout, stderr } = await lectern(['search', '--queries', at('queries')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('is no text');
  });

  it('ends at Ctrl-C between two of its lines', async () => {
    writeFileSync(at('queries'), 'What has rings?\n'.repeat(50_000));
    const { code, stdout } = await lectern(['ask', '--queries', at('queries')], /\n/);
    expect([code, stdout.split('\n').length < 50_000]).toEqual([130, true]);
  });

  it('is refused for a line of JSON that is cut off, and takes other braces as text', async () => {
    writeFileSync(at('queries'), 'rings\n{"query":"ice", "sour');
    const cutOff = await lectern(['search', '--queries', at('queries')]);
    expect([cutOff.code, cutOff.stdout]).toEqual([2, '']);
    expect(cutOff.stderr).toContain('line 2');
    writeFileSync(at('queries'), '{rings}\n');
    expect((await lectern(['search', '--queries', at('queries')])).code).toBe(0);
  });
});

it('tells how to write a word to leave out, where it reads as an option', async () => {
  const { code, stderr } = await lectern(['search', 'rings', '-ice']);
  expect(code).toBe(2);
  expect(stderr).toContain('lectern search "words -ice"');
  expect((await lectern(['search', 'rings -ice'])).stdout).toContain('No match');
  expect((await lectern(['search', 'rings', '--ice'])).stderr).not.toContain('leave out');
});

it('tells that options stand behind the command', async () => {
  const { code, stderr } = await lectern(['--quiet', 'search', 'rings']);
  expect([code, stderr.includes('behind the command')]).toEqual([2, true]);
});

it('says that two things were given of which one is meant', async () => {
  for (const args of [
    ['search', 'rings', '--queries', at('queries')],
    ['ask', 'rings', '--queries', at('queries')],
    ['generate', '--prompt', 'Hello', '--messages', at('messages')],
  ]) {
    const { code, stderr } = await lectern(args);
    expect([code, stderr.includes('either')], args.join(' ')).toEqual([2, true]);
  }
});

it('says that the library is empty where nothing is found in it', async () => {
  const empty = lecternOn(path.join(folder, 'empty'));
  for (const command of ['search', 'ask']) expect((await empty([command, 'rings'])).stderr).toContain('is empty');
});

it('refuses a time to begin with that lies after the end, and a language that is no code', async () => {
  const backwards = await lectern(['events', 'talk', '--from', '2:00', '--to', '90']);
  expect([backwards.code, backwards.stderr.split('\n')[0]]).toEqual([
    2,
    'lectern: --from 2:00 is not before --to 1:30',
  ]);
  const german = await lectern(['index', at('talk.vtt'), '--lang', 'German']);
  expect([german.code, german.stderr.includes('a language code such as de')]).toEqual([2, true]);
});

it.each(['1:75', '1:60:00', '0:61:10'])('refuses %s, which is no time of a clock, and takes 90:00', async (time) => {
  const { code, stderr } = await lectern(['events', 'talk', '--from', time]);
  expect([code, stderr]).toEqual([
    2,
    `lectern: --from must be a time, not ${time}: behind a colon comes less than 60\nWrite seconds (135) or a clock (2:15).\n`,
  ]);
  expect((await lectern(['events', 'talk', '--to', '90:00'])).code).toBe(0);
});

it('says of an address that it is to be downloaded first', async () => {
  const { code, stdout } = await lectern(['index', 'https://example.org/talk.mp4']);
  expect(code).toBe(1);
  expect(stdout).toContain('https://example.org/talk.mp4 is an address');
  expect(stdout).toContain('Download it first');
  const json = await lectern(['index', 'https://example.org/talk.mp4', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    path: 'https://example.org/talk.mp4',
    error: { code: 'NOT_A_FILE' },
  });
  expect((await lectern(['index', 'file:///talk.mp4'])).stdout).toContain('Give the path behind file://');
});

it('ends where the engine can not be opened, though a document is being read already', async () => {
  const manual = path.resolve(import.meta.dirname, '../../../data/manuals/gnuplot.pdf');
  const { code, stderr } = await lectern(['index', manual, '--engine', 'qwen3-vl', '--model', 'nowhere']);
  expect([code, stderr.split('\n')[0]]).toEqual([1, 'lectern: No model called nowhere is installed']);
});

it('says of a library that is a file, or whose database is a folder, what it is', async () => {
  const file = await lectern(['sources', '--json', '--library', at('talk.vtt')]);
  expect([file.code, JSON.parse(file.stdout)]).toEqual([
    1,
    {
      error: {
        code: 'LIBRARY_NO_FOLDER',
        message: `${at('talk.vtt')} is a file, and a library is a folder`,
        remedy: 'Name a folder with --library; one that is not there yet is made.',
      },
    },
  ]);
  mkdirSync(at('odd/library.db'), { recursive: true });
  expect((await lectern(['index', at('talk.vtt'), '--library', at('odd')])).stderr).toContain('not a Lectern library');
});

it('says a misspelt command in one sentence, and what was meant in the remedy', async () => {
  const error = async (...args: string[]) =>
    (JSON.parse((await lectern([...args, '--json'])).stdout) as { error: { message: string; remedy: string } }).error;
  const misspelt = await error('serch', 'rings');
  expect(misspelt.message).toBe("unknown command 'serch'");
  expect(misspelt.remedy).toMatch(/^Did you mean search\? Run lectern --help/);
  expect((await error('help', 'serch')).message).toBe("unknown command 'serch'");
  expect((await lectern(['help', 'serch'])).stderr).toMatch(/\nerror: unknown command 'serch'\n$/);
});

it.runIf(process.platform !== 'win32')('keeps a name with a line break in its line, and whole in JSON', async () => {
  const name = 'odd\nname\t.vtt';
  writeFileSync(at(name), 'WEBVTT\n\n00:00.000 --> 00:05.000\nThe quokka smiles at tourists.\n');
  const odd = lecternOn(path.join(folder, 'odd-names'));
  const shown = 'odd\ufffdname\ufffd.vtt';
  const indexed = await odd(['index', at(name)]);
  expect(indexed.stdout.split('\n')[0]).toContain(`indexed    ${shown}  0:05`);
  for (const command of [
    ['sources'],
    ['search', 'quokka'],
    ['ask', 'Who smiles at tourists?'],
    ['index', at(name), '--plan'],
    ['remove', at(name)],
  ]) {
    const { code, stdout } = await odd(command);
    expect([code, stdout], command[0]).toEqual([0, expect.stringContaining(shown)]);
  }
  await odd(['index', at(name)]);
  expect(JSON.parse((await odd(['sources', '--json'])).stdout)).toMatchObject({ sources: [{ path: at(name) }] });
  await odd(['remove', at(name)]);
  const { stderr } = await odd(['events', at(name)]);
  expect(stderr.split('\n')[0]).toContain(shown);
});

it('says why there is nothing to show', async () => {
  expect((await lectern(['events', 'talk', '--from', '1:00'])).stderr).toContain('between --from and --to');
  const blank =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj ';
  writeFileSync(
    at('blank.pdf'),
    `${blank}3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>`,
  );
  writeFileSync(at('broken.pdf'), 'no PDF');
  await lectern(['index', at('blank.pdf'), at('broken.pdf')]);
  for (const command of ['events', 'chapters'])
    expect((await lectern([command, 'blank.pdf'])).stderr, command).toContain('No text was found');
  const { stderr } = await lectern(['summarize', 'broken.pdf']);
  expect(stderr.split('broken.pdf')).toHaveLength(2);
});

it.runIf(process.platform === 'linux')('says that its output could not be written, in a sentence', () => {
  const bin = path.resolve(import.meta.dirname, '../../../bin/lectern.js');
  const command = `"${process.execPath}" "${bin}" sources --library "${library}" > /dev/full`;
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('could not be written (ENOSPC)');
  expect(stderr).not.toMatch(/\n\s+at /);
});

it.runIf(process.platform === 'linux')('gives up a library where there can be no folder', async () => {
  const { code, stderr } = await lectern(['sources', '--library', '/proc/lectern/library']);
  expect([code, stderr.includes('/proc/lectern/library')]).toEqual([1, true]);
});

it('takes the device of the settings where the command line names none', async () => {
  const onCuda = lecternOn(library, { LECTERN_DEVICE: 'cuda' });
  // With an NVIDIA card it answers from there; without one it says that this device can't be used.
  expect((await onCuda(['generate', '--prompt', 'Hello', '--max-tokens', '1', '--json'])).stdout).toContain('cuda');
});

it('says where it looked for the programs that the settings name, wherever one is needed', async () => {
  writeFileSync(
    at('settings.json'),
    JSON.stringify({ ffmpegPath: '/nowhere/ffmpeg', ffprobePath: '/nowhere/ffprobe' }),
  );
  writeFileSync(at('film.mp4'), Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'));
  const indexed = await lectern(['index', at('film.mp4'), '--config', at('settings.json')]);
  expect(indexed.code).toBe(1);
  expect(indexed.stdout).toContain('ffprobe could not be started at /nowhere/ffprobe');
  const checked = await lectern(['doctor', '--config', at('settings.json')]);
  expect(checked.stdout).toMatch(/^broken +ffmpeg +ffmpeg could not be started at \/nowhere\/ffmpeg$/m);
});

it.skipIf(process.platform === 'win32')('says that the current folder was removed, where a path hangs on it', () => {
  const gone = at('gone');
  const bin = path.resolve(import.meta.dirname, '../../../bin/lectern.js');
  const run = `mkdir "${gone}" && cd "${gone}" && rmdir "${gone}" && "${process.execPath}" "${bin}" index talk.vtt --library "${library}"`;
  const { status, stderr } = spawnSync('sh', ['-c', run], { encoding: 'utf8' });
  expect([status, stderr.split('\n')[0]]).toEqual([1, 'lectern: The current folder is not there any more']);
});
