// What each command says of itself: an example that can be typed, and with --json nothing but JSON.
import path from 'node:path';
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildProgram } from '../../../src/surfaces/cli/main.ts';
import { lecternOn, parseJson } from './run-lectern.ts';

const commands: [name: string, command: Command][] = buildProgram().commands.flatMap((command) => [
  [command.name(), command] as [string, Command],
  ...command.commands.map((child): [string, Command] => [`${command.name()} ${child.name()}`, child]),
]);

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (piece) => void (text += piece) }).outputHelp();
  return text;
}

describe('the help of a command', () => {
  it.each(commands)('of %s shows how it is typed, with options that there are', (name, command) => {
    const [, examples] = helpOf(command).split('\nFor example:\n');
    const lines = examples?.trim().split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line.trim().startsWith(`lectern ${name}`), line).toBe(true);
      const known = command.options.flatMap(({ long, short }) => [long, short]);
      for (const [option] of line.matchAll(/(?<= )--?[a-z][a-z-]*/g)) expect(known).toContain(option);
    }
  });

  const lectern = lecternOn(path.join(tmpdir(), 'lectern-help'));

  it('is a string of one JSON object with --json, as the version is', async () => {
    const Help = z.object({ help: z.string().startsWith('Usage: lectern') });
    for (const args of [['--help'], ['search', '--help'], ['models', 'add', '--help'], ['help', 'ask']]) {
      const outcome = await lectern([...args, '--json']);
      expect(outcome.code).toBe(0);
      parseJson(Help, outcome);
    }
    expect(parseJson(z.object({ version: z.string() }), await lectern(['--version', '--json'])).version).toMatch(/^\d/);
  });

  it('says where --json stands among models', async () => {
    const outcome = await lectern(['models', '--json']);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toContain('lectern models list --json');
  });
});
