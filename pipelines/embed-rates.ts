// How many places of a source a model gives their vectors in a second, as this library measured it.
import type { Library } from '../src/store/library.ts';
import { readModelRate, recordModelRate } from './rates.ts';

const rateName = (model: string) => `vectors by ${model}`;

export function recordVectorRate(library: Library, model: string, places: number, wallSec: number): Promise<void> {
  return recordModelRate(library, rateName(model), places, wallSec);
}

/** undefined where it never ran. */
export function readVectorRate(library: Library, model: string): Promise<number | undefined> {
  return readModelRate(library, rateName(model));
}
