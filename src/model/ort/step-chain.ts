// Greedy steps of decoding that the card's thread makes by itself: it reads the most likely token of a step and feeds it to the next
// one. Asking another thread in between costs a tenth of a step.
import { copyAll } from './cuda-copy.ts';
import { LockedMemory } from './cuda-memory.ts';
import type { Pointer } from './native.ts';

/** Where a step's inputs and outputs lie. */
export interface ChainBuffers {
  /** The inputs' bytes on the card, and what they are at each step [steps, byteLength], the token of all but the first left open. */
  readonly inputs: { readonly address: Pointer; readonly byteLength: number; readonly feeds: Uint8Array };
  /** Where in the inputs the token's int32 is. */
  readonly tokenOffset: number;
  /** The largest logit of each block, float32, and its token, int64, on the card. */
  readonly maxima: {
    readonly address: Pointer;
    readonly byteLength: number;
    readonly blocks: number;
    readonly largestOffset: number;
    readonly tokenOffset: number;
  };
}

/** What differs between steps, as data. */
export interface StepChain extends ChainBuffers {
  readonly steps: number;
  /** Tokens after which nothing is wanted. */
  readonly stopTokenIds: readonly number[];
}

/** Stands for a token where no logit was a number. */
export const NO_TOKEN = -1;

/** What a step's inputs pass through on their way to the card, and then its maxima on theirs back. */
let room: LockedMemory | undefined;

/** `run` runs the graph once; `onToken` gets each step's most likely token. Throws what `run` throws, or CudaError. */
export function runChain(chain: StepChain, run: () => void, onToken: (tokenId: number) => void): void {
  const { steps, inputs, tokenOffset, maxima, stopTokenIds } = chain;
  const needed = Math.max(inputs.byteLength, maxima.byteLength);
  if (!room || room.byteLength < needed) {
    room?.[Symbol.dispose]();
    room = new LockedMemory(needed);
  }
  const bytes = new Uint8Array(room.host);
  const view = new DataView(room.host);
  const largest = new Float32Array(room.host, maxima.largestOffset, maxima.blocks);
  const tokens = new BigInt64Array(room.host, maxima.tokenOffset, maxima.blocks);
  let tokenId: number | undefined;
  for (let step = 0; step < steps; step++) {
    bytes.set(inputs.feeds.subarray(step * inputs.byteLength, (step + 1) * inputs.byteLength));
    if (tokenId !== undefined) view.setInt32(tokenOffset, tokenId, true);
    copyAll([room.upload(inputs.address, inputs.byteLength)]);
    run();
    copyAll([room.download(maxima.address, maxima.byteLength)]);
    const block = indexOfLargest(largest);
    tokenId = block < 0 ? NO_TOKEN : Number(tokens[block]);
    onToken(tokenId);
    if (tokenId === NO_TOKEN || stopTokenIds.includes(tokenId)) return;
  }
}

/** The first of equals; -1 where none is finite. */
function indexOfLargest(values: Float32Array): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) return -1;
    if (best < 0 ? value > -Infinity : value > values[best]!) best = i;
  }
  return best;
}
