// Stills that were decoded to read the text on them, kept for the model that is shown the same ones: resized at once, as the model
// wants them, a bounded number of bytes. What is not there is decoded again.
import type { Still } from '../src/ingest/video/still.ts';
import type { Picture } from '../src/model/chat/chat-model.ts';
import { resizeAside } from '../src/model/qwen3-vl/resize-threads.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';

/** 150 stills of 1024 x 576: as many as a window may have. */
const MAX_BYTES = 256 * 2 ** 20;

export class StillShelf {
  #size: Size | undefined;
  /** By time in ms. */
  readonly #stills = new Map<number, Promise<Picture>>();
  /** Those that a window has had; another one may show them again. */
  readonly #shown = new Set<number>();

  /** Says in which size somebody will take them; before that none is kept. */
  want(size: Size): void {
    this.#size = size;
  }

  /** Keeps a still that is wanted while there is room, which those that were shown make. */
  put(stillMs: number, still: Still): void {
    if (!this.#size || this.#stills.has(stillMs) || !this.#hasRoom(this.#size)) return;
    const resized = resizeAside(still, this.#size.width, this.#size.height);
    // Whoever takes it is told.
    resized.catch(() => undefined);
    this.#stills.set(stillMs, resized);
  }

  #hasRoom({ width, height }: Size): boolean {
    if ((this.#stills.size + 1) * 3 * width * height <= MAX_BYTES) return true;
    const [first] = this.#shown;
    if (first === undefined) return false;
    this.#shown.delete(first);
    return this.#stills.delete(first);
  }

  /** undefined where it is not there in this size. */
  take(stillMs: number, { width, height }: Size): Promise<Picture> | undefined {
    if (this.#size?.width !== width || this.#size.height !== height) return undefined;
    if (this.#stills.has(stillMs)) this.#shown.add(stillMs);
    return this.#stills.get(stillMs);
  }
}
