// What a cache keeps for the steps over it: everything bound, and the number under which a step was recorded with its tensors.
import type { Binding } from '../ort/binding.ts';
import type { Session } from '../ort/session.ts';
import type { Tensor } from '../ort/tensor.ts';

export class CacheStep implements Disposable {
  readonly binding: Binding;
  /** Absent: steps over this cache run unrecorded. */
  readonly recording: number | undefined;
  /** A step was recorded, and the next ones are replayed. */
  isRecorded = false;
  readonly #session: Session;
  readonly #onRelease: () => void;

  /** `onRelease`: hears that the recording's place is free again. */
  constructor(session: Session, recording: number | undefined, onRelease: () => void) {
    this.#session = session;
    this.binding = session.bind();
    this.recording = recording;
    this.#onRelease = onRelease;
  }

  /** When the cache's tensors change, or go. */
  [Symbol.dispose](): void {
    this.binding[Symbol.dispose]();
    if (this.recording !== undefined && this.#session.releaseRecording(this.recording)) this.#onRelease();
  }
}

/** Binds a cache's tensors (key.0, value.0, key.1, …) as what a run reads and what it writes, in place. */
export function bindCache(binding: Binding, tensors: readonly Tensor[]): void {
  tensors.forEach((tensor, i) => {
    const part = i % 2 === 0 ? 'key' : 'value';
    binding.bindInput(`past_${part}.${i >> 1}`, tensor);
    binding.bindOutput(`present_${part}.${i >> 1}`, tensor);
  });
}
