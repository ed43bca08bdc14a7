// Which frames of a video the reference processor would take (spec section 3.1): evenly spread, first and last included.
// For videos whose frames have no times of their own; sampled frames with true times need none of this.
import { UsageError } from '../../errors.ts';
import { roundHalfEven } from './half-even.ts';

export interface SamplingOptions {
  readonly totalFrames: number;
  /** Frames a second of the source. */
  readonly sourceFps: number;
  /** Frames a second to take; not together with numFrames. */
  readonly fps?: number;
  readonly numFrames?: number;
  readonly minFrames: number;
  readonly maxFrames: number;
}

/** Frame numbers, ascending. Throws UsageError where both fps and numFrames are given. */
export function sampleFrameIndices(options: SamplingOptions): number[] {
  const { totalFrames, sourceFps, fps, numFrames, minFrames, maxFrames } = options;
  if (fps !== undefined && numFrames !== undefined) {
    throw new UsageError('both fps and a number of frames are given', 'Give one of them.');
  }
  const wanted = numFrames ?? Math.trunc((totalFrames / sourceFps) * (fps ?? 2));
  const count =
    numFrames === undefined
      ? Math.min(Math.max(wanted, minFrames), maxFrames, totalFrames)
      : Math.min(wanted, totalFrames);
  if (count === 1) return [0];
  const step = (totalFrames - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? totalFrames - 1 : roundHalfEven(i * step)));
}
