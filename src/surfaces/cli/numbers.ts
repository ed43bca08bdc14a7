// Numbers on the command line: read strictly, refused with the range.
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
