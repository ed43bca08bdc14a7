import { describe, expect, it } from 'vitest';
import { planInstall, type Machine } from '../../scripts/setup-ffmpeg.ts';

/** A machine on which only the named command lines succeed. */
function machine(platform: NodeJS.Platform, isRoot: boolean, ...working: string[]): Machine {
  return { platform, isRoot, can: (...words) => working.includes(words.join(' ')) };
}

describe('planInstall', () => {
  it('uses apt-get directly as root, after refreshing its lists', () => {
    const plan = planInstall(machine('linux', true, 'apt-get --version'));
    expect(plan).toEqual({
      commands: [
        ['apt-get', 'update', '-qq'],
        ['apt-get', 'install', '-y', '-qq', 'ffmpeg'],
      ],
    });
  });

  it('goes through sudo where sudo asks for no password', () => {
    const plan = planInstall(machine('linux', false, 'apt-get --version', 'sudo -n true'));
    expect('commands' in plan && plan.commands.every((command) => command[0] === 'sudo' && command[1] === '-n')).toBe(
      true,
    );
  });

  it('asks the user to run one command where sudo would ask for a password', () => {
    const plan = planInstall(machine('linux', false, 'apt-get --version'));
    expect(plan).toEqual({ advice: 'run: sudo apt-get install ffmpeg' });
  });

  it('names no package manager that a Linux machine lacks', () => {
    expect(planInstall(machine('linux', true))).toEqual({
      advice: 'install the package ffmpeg with your package manager',
    });
  });

  it('uses Homebrew on macOS, and says how to get it where it is missing', () => {
    expect(planInstall(machine('darwin', false, 'brew --version'))).toEqual({
      commands: [['brew', 'install', 'ffmpeg']],
    });
    expect(planInstall(machine('darwin', false))).toHaveProperty('advice', expect.stringContaining('https://brew.sh'));
  });

  it('uses winget on Windows without questions asked', () => {
    const plan = planInstall(machine('win32', false, 'winget --version'));
    expect('commands' in plan && plan.commands[0]).toContain('--accept-package-agreements');
  });
});
