// Numbers and times on the command line: read strictly, refused with what they may be.
import { UsageError } from '../../errors.ts';

export function wholeNumber(name: string, min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not ${text}`, `Mend --${name}.`);
  };
}

export function finiteNumber(name: string, min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not ${text}`, `Mend --${name}.`);
  };
}

/** `90`, `90.5`, `1:30` or `1:02:05` to milliseconds. */
export function parseMoment(name: string) {
  return (text: string): number => {
    const match = /^(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:\.\d+)?)$/.exec(text);
    if (!match) {
      throw new UsageError(`--${name} must be a time, not ${text}`, `Write seconds (90.5) or a clock (1:02:05).`);
    }
    const [, hours, minutes, seconds] = match;
    if ((minutes !== undefined && Number(seconds) >= 60) || (hours !== undefined && Number(minutes) >= 60)) {
      throw new UsageError(
        `--${name} must be a time, not ${text}: behind a colon comes less than 60`,
        'Write seconds (135) or a clock (2:15).',
      );
    }
    return Math.round((Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds)) * 1000);
  };
}
