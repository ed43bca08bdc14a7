// What a command does not need is not loaded for it, and a Node.js that is too old is told so.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

const bin = path.resolve(import.meta.dirname, '../../../bin/lectern.js');

/** Given to Node.js before the program: fails as soon as a package is asked for. */
const refusing = (name: string) => {
  const hooks = `{ resolve(it, context, next) { if (it === '${name}') throw new Error('${name} is loaded'); return next(it, context); } }`;
  return `data:text/javascript,import module from 'node:module'; module.registerHooks(${encodeURIComponent(hooks)});`;
};

const lecternWithout = (name: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', refusing(name), bin, ...args], { encoding: 'utf8' });

it.each([[['--version']], [['search', '--help']], [['paths']]])('%j opens no library and loads no SQLite', (args) => {
  expect(lecternWithout('better-sqlite3', ...args)).toMatchObject({ status: 0, stderr: '' });
});

it('is refused SQLite where a library is opened, which shows that the refusal works', () => {
  const { status, stderr } = lecternWithout('better-sqlite3', 'sources', '--library', '/nowhere');
  expect(status).toBe(1);
  expect(stderr).toContain('better-sqlite3 is loaded');
});

it('loads no zod on the way to a search', () => {
  const library = path.join(tmpdir(), 'lectern-start-up');
  expect(lecternWithout('zod', 'search', 'anything', '--quiet', '--library', library)).toMatchObject({
    status: 0,
    stderr: '',
    stdout: 'No match for anything\n',
  });
});

it('says in a sentence that Node.js 22 is too old, which can not read the program', () => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.21.1' } });`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${older}`, bin, 'paths'], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('Lectern needs Node.js 24 or newer; this is Node.js 22.21.1');
  expect(packageJson.engines.node).toBe('>=24');
});
