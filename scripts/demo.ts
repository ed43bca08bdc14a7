// `npm run demo`: the three jobs of Lectern on the material in data/, through the same command lines that a user types. Every command is
// shown before it runs, and can be typed again afterwards against the library that this leaves in data/library.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { styleText } from 'node:util';
import { ensureFfmpeg } from './setup-ffmpeg.ts';

const root = path.dirname(import.meta.dirname);
const LIBRARY = 'data/library';
const LECTURE = 'data/lectures/gradient-descent.mp4';

/** What is shown, and the arguments of `lectern` that show it. */
const steps: readonly { readonly heading: string; readonly args: readonly string[] }[] = [
  {
    heading: 'Read a lecture of eight minutes and a manual of 311 pages',
    // Where no terminal shows progress bars, `index` would print JSON Lines for programs instead.
    args: ['index', 'data/lectures', 'data/manuals', ...(process.stderr.isTTY ? [] : ['--quiet'])],
  },
  { heading: 'Summarise the lecture, with chapters', args: ['summarize', LECTURE] },
  {
    heading: 'Find the second',
    args: ['search', 'where is the update rule derived', '--source', LECTURE, '--limit', '3'],
  },
  { heading: 'Ask the manual', args: ['ask', 'What does set output do?'] },
  { heading: 'Ask what neither of them holds', args: ['ask', 'Who won the football world cup in 1998?'] },
  {
    heading:
      'Watch the slides of the lecture with the model in the box: a vision-language model of 26 million parameters',
    args: ['index', LECTURE, '--engine', 'qwen3-vl', ...(process.stderr.isTTY ? [] : ['--quiet'])],
  },
  {
    heading: 'Its slides beside the stretches of speech that the reader finds',
    args: ['events', LECTURE, '--to', '2:00'],
  },
];

const NEXT_STEPS: readonly (readonly [command: string, what: string])[] = [
  ['npx lectern ask "What is the loss function?"', 'an answer from the lecture'],
  ['npx lectern search \'"square root"\' --kind video', 'an exact phrase, only in videos'],
  [`npx lectern chapters ${LECTURE} --format youtube`, 'chapter marks to paste'],
  ['npx lectern doctor', 'what is installed, what could be'],
  ['npx lectern --help', 'all commands'],
];

function runDemo(): number {
  process.chdir(root);
  if (!ensureFfmpeg()) return 1;
  say(`${styleText('bold', 'Lectern demo')}   material: data/   library: ${LIBRARY}\n`);
  for (const [index, { heading, args }] of steps.entries()) {
    say(`\n${styleText('bold', `${index + 1}. ${heading}`)}\n${prompt(['lectern', ...args].map(quote).join(' '))}\n\n`);
    const env = { ...process.env, LECTERN_LIBRARY: LIBRARY };
    const { status } = spawnSync(process.execPath, ['bin/lectern.js', ...args], { env, stdio: 'inherit' });
    if (status !== 0) return status ?? 130;
  }
  const width = Math.max(...NEXT_STEPS.map(([command]) => command.length));
  say(
    `\n${styleText('bold', 'Try next')}\n${prompt(`${process.platform === 'win32' ? 'set' : 'export'} LECTERN_LIBRARY=${LIBRARY}`, '')}\n`,
  );
  for (const [command, what] of NEXT_STEPS) say(`${prompt(command.padEnd(width), '')}   ${styleText('dim', what)}\n`);
  say(
    `\nYour own files: ${styleText('cyan', 'npx lectern index FOLDER')} in a new terminal, where your own library is used.\n`,
  );
  return 0;
}

function prompt(command: string, npx = 'npx '): string {
  return `${styleText('dim', '$')} ${styleText('cyan', npx + command)}`;
}

function quote(argument: string): string {
  return /^[\w./-]+$/.test(argument) ? argument : `"${argument}"`;
}

function say(text: string): void {
  process.stdout.write(text);
}

if (process.argv[1] === import.meta.filename) process.exitCode = runDemo();
