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
    return Math.round((Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3])) * 1000);
  };
}
