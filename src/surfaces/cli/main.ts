// The command line's front door: argv in, exit status out. Each command is one file under commands/, and loads what it
// needs only when it runs, so `lectern search` starts fast.
import { Command, CommanderError } from 'commander';
import { LecternError, toErrorDetail, UsageError } from '../../errors.ts';
import { registerAsk } from './commands/ask.ts';
import { registerChapters } from './commands/chapters.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEvents } from './commands/events.ts';
import { registerExport } from './commands/export.ts';
import { registerGenerate } from './commands/generate.ts';
import { registerIndex } from './commands/index-command.ts';
import { registerModels } from './commands/models.ts';
import { registerPaths } from './commands/paths.ts';
import { registerRemove } from './commands/remove.ts';
import { registerSearch } from './commands/search.ts';
import { registerSources } from './commands/sources.ts';
import { registerStatus } from './commands/status.ts';
import { registerSummarize } from './commands/summarize.ts';
import { EXIT } from './exit.ts';
import { inLine, printable } from './style-text.ts';
import { version } from './version.ts';

export function buildProgram(): Command {
  const program = new Command('lectern')
    .description(
      'Reads hour-long lectures and 300-page manuals, knows what happens at which second and on which page, ' +
        'and answers with places that open. Everything stays on this machine.',
    )
    .version(version, '-V, --version')
    .helpOption('-h, --help', 'show help')
    .addHelpText(
      'after',
      `
Start here:
  lectern index ~/lectures              read a folder of videos, PDFs and captions
  lectern search "learning rate"        find the second, or the page
  lectern ask "How do I set the range?" an answer with quotes and their places
  lectern summarize talk.mp4            overview, chapters and key points

Exit status: 0 done, 1 failed, 2 wrong usage, 3 some inputs failed, 130 interrupted (run again to resume).`,
    )
    .showHelpAfterError('(run it with --help to see what it takes)')
    .exitOverride();
  for (const register of [
    registerIndex,
    registerSearch,
    registerAsk,
    registerSummarize,
    registerChapters,
    registerEvents,
    registerExport,
    registerSources,
    registerStatus,
    registerRemove,
    registerModels,
    registerGenerate,
    registerDoctor,
    registerPaths,
  ]) {
    register(program);
  }
  return program;
}

/** Runs one command line (without `node` and the program's name) and returns the exit status. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that closes early (`| head`) is no failure of ours.
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(
      `lectern: The output could not be written (${error.code ?? error.message})\nCheck the disk and its free space.\n`,
    );
    process.exit(EXIT.failed);
  });
  const program = buildProgram();
  const ownWords: string[] = [];
  if (json) takeOwnWords(program, ownWords);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.done;
  } catch (error) {
    if (json && error instanceof CommanderError && error.exitCode === 0) {
      const name = error.code === 'commander.version' ? 'version' : 'help';
      process.stdout.write(`${JSON.stringify({ [name]: ownWords.join('').trimEnd() })}\n`);
      return EXIT.done;
    }
    return report(error, json, argv);
  }
}

/** With --json help, version and a wrong usage are one JSON object on stdout, so commander's own words are not printed as they come. */
function takeOwnWords(program: Command, words: string[]): void {
  for (const command of [program, ...program.commands.flatMap((child) => [child, ...child.commands])]) {
    command.configureOutput({ writeOut: (text) => void words.push(text), writeErr: () => {} });
  }
}

function report(error: unknown, json: boolean, argv: readonly string[]): number {
  if (error instanceof CommanderError) {
    // Help and version are thrown too, with status 0; wrong usage has been printed by commander already.
    if (error.exitCode === 0) return EXIT.done;
    const special = specialRemedy(error, argv);
    const unhelped = error.code === 'commander.help' ? unknownHelp(argv) : undefined;
    if (json) {
      const [message = '', guess] = (unhelped ?? error.message).replace(/^error: /, '').split('\n');
      const usual = 'Run lectern --help, or the command with --help.';
      const remedy = special ?? [guess?.replace(/^\((.*)\)$/, '$1'), usual].filter(Boolean).join(' ');
      writeJsonError({ code: 'USAGE', message, remedy });
    } else if (unhelped !== undefined) process.stderr.write(`\nerror: ${unhelped}\n`);
    else if (special !== undefined) process.stderr.write(`${special}\n`);
    return EXIT.usage;
  }
  const detail = toErrorDetail(explainMissingFolder(error));
  if (json) writeJsonError(detail);
  else process.stderr.write(printable(`lectern: ${inLine(detail.message)}\n${detail.remedy}\n`, process.stderr));
  if (detail.code === 'INTERNAL' && process.env['LECTERN_DEBUG']) process.stderr.write(`${(error as Error).stack}\n`);
  if (detail.code === 'INTERRUPTED') return EXIT.interrupted;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** Relative paths have no meaning where the folder that the command was run in has been removed. */
function explainMissingFolder(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | undefined)?.syscall !== 'uv_cwd') return error;
  const remedy = 'Change to a folder that is there (cd), or give whole paths.';
  return new LecternError('The current folder is not there any more', {
    code: 'NO_CURRENT_FOLDER',
    remedy,
    cause: error,
  });
}

/** Why there is nothing but the list of commands; undefined for a command that was given without what it takes. */
function unknownHelp([first, second]: readonly string[]): string | undefined {
  if (first === undefined) return 'no command was given';
  return first === 'help' && second !== undefined ? `unknown command '${second}'` : undefined;
}

/** For options that were meant otherwise or stand at the wrong place; undefined for other mistakes. */
function specialRemedy({ code, message }: CommanderError, [command = '']: readonly string[]): string | undefined {
  const option = code === 'commander.unknownOption' ? /'(-.*)'/.exec(message)?.[1] : undefined;
  if (option === undefined) return undefined;
  const isCommon = ['--library', '--json', '--quiet', '--config'].includes(option);
  if (isCommon && command.startsWith('-'))
    return `Options stand behind the command: lectern search "words" ${option} …`;
  if (isCommon && command === 'models')
    return `Options stand behind what is to be done: lectern models list ${option} …`;
  const isWord = /^-[^-]/.test(option) && (command === 'search' || command === 'ask');
  return isWord
    ? `A word to leave out stands in quotes with the rest: lectern ${command} "words ${option}"`
    : undefined;
}

function writeJsonError(detail: ReturnType<typeof toErrorDetail>): void {
  process.stdout.write(`${JSON.stringify({ error: detail })}\n`);
}
