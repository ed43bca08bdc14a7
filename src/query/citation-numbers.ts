// Numbers of passages, as a model writes them behind its statements, to numbers of citations.
import type { NumberedEvidence } from './model-evidence.ts';

/** `[2]`, `[2, 5]`. */
const NUMBERS = /\s*\[(\d+(?:\s*,\s*\d+)*)\]/g;
/** Also `[page 12]`, `[605.2-612.4 s]`: as places stand in what the model read. */
const PLACES = /\s*\[(?:pages?\s+)?(\d+(?:\.\d+)?(?:\s*[,–-]\s*\d+(?:\.\d+)?)*)\s*s?\]/g;

/** The passage that a number stands for. */
export function passageOf(evidence: readonly NumberedEvidence[], number: number): NumberedEvidence | undefined {
  return (
    evidence.findLast((one) => one.number === number) ??
    evidence.findLast((one) => one.number <= number && number <= (one.lastNumber ?? one.number))
  );
}

/**
 * Applied as the text goes by: the passage named first is citation 1. Numbers of passages that there are not are taken out.
 */
export class CitationNumbers {
  readonly used: NumberedEvidence[] = [];
  readonly #evidence: readonly NumberedEvidence[];
  readonly #limit: number;
  readonly #marks: RegExp;

  constructor(evidence: readonly NumberedEvidence[], limit: number, marksPlaces = false) {
    this.#evidence = evidence;
    this.#limit = limit;
    this.#marks = marksPlaces ? PLACES : NUMBERS;
  }

  apply(text: string): string {
    return text.replace(this.#marks, (_, numbers: string) => {
      const marks = numbers.split(/[,–-]/).map((number) => this.#numberOf(Math.floor(Number(number))));
      const known = new Set(marks.filter((mark) => mark > 0).map((mark) => `[${mark}]`));
      return known.size === 0 ? '' : ` ${[...known].join('')}`;
    });
  }

  #numberOf(number: number): number {
    const passage = passageOf(this.#evidence, number);
    const at = passage === undefined ? -1 : this.used.indexOf(passage);
    if (at >= 0 || passage === undefined || this.used.length >= this.#limit) return at + 1;
    return this.used.push(passage);
  }
}
