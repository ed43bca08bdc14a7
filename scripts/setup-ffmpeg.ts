// Makes sure that ffmpeg and ffprobe can be run: says nothing where they are there, installs them through the platform's package
// manager where that needs no password, and otherwise says in one sentence what to run. `node scripts/setup-ffmpeg.ts` does it alone.
import { spawnSync } from 'node:child_process';
import os from 'node:os';

/** What decides how ffmpeg can be installed here. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Whether a command can be run without being asked anything. */
  readonly can: (command: string, ...args: string[]) => boolean;
}

/** Either the commands that install ffmpeg, in order, or what the user has to do. */
export type InstallPlan = { readonly commands: readonly (readonly string[])[] } | { readonly advice: string };

export function planInstall({ platform, isRoot, can }: Machine): InstallPlan {
  if (platform === 'darwin') {
    if (can('brew', '--version')) return { commands: [['brew', 'install', 'ffmpeg']] };
    return { advice: 'install Homebrew (https://brew.sh), then run: brew install ffmpeg' };
  }
  if (platform === 'win32') {
    const consent = ['--silent', '--accept-package-agreements', '--accept-source-agreements'];
    if (can('winget', '--version'))
      return { commands: [['winget', 'install', '--exact', '--id', 'Gyan.FFmpeg', ...consent]] };
    return { advice: 'install it from https://ffmpeg.org/download.html and add its folder to PATH' };
  }
  if (can('apt-get', '--version')) {
    const commands = [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', 'ffmpeg'],
    ];
    if (isRoot) return { commands };
    if (can('sudo', '-n', 'true')) return { commands: commands.map((command) => ['sudo', '-n', ...command]) };
    return { advice: 'run: sudo apt-get install ffmpeg' };
  }
  return { advice: 'install the package ffmpeg with your package manager' };
}

/** Whether both programs can be run afterwards; everything that the user should read has been printed to stderr. */
export function ensureFfmpeg(): boolean {
  if (isFfmpegThere()) return true;
  const plan = planInstall({ platform: process.platform, isRoot: os.userInfo().uid === 0, can: runs });
  if ('advice' in plan) return explain(`ffmpeg is missing; ${plan.advice}`);
  for (const command of plan.commands) {
    process.stderr.write(`Installing ffmpeg: ${command.join(' ')}\n`);
    const [program, ...args] = command;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stdout, stderr, error } = spawnSync(program!, args, { env, encoding: 'utf8' });
    if (status !== 0) return explain(`ffmpeg could not be installed:\n${error?.message ?? lastLines(stdout + stderr)}`);
  }
  return (
    isFfmpegThere() || explain('ffmpeg was installed but is not on PATH yet; open a new terminal and run this again')
  );
}

function isFfmpegThere(): boolean {
  return runs('ffmpeg', '-version') && runs('ffprobe', '-version');
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function explain(sentence: string): false {
  process.stderr.write(`${sentence}.\n`);
  return false;
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-5).join('\n');
}

if (process.argv[1] === import.meta.filename) process.exitCode = ensureFfmpeg() ? 0 : 1;
