// When everything happens: lays the scenes of the lecture end to end, with the speech deciding how long each slide state stays.
import type { Scene } from './lecture.ts';
import { SAMPLE_RATE, speak } from './speak.ts';

export const FRAMES_PER_SECOND = 25;

/** Pauses in seconds: after a slide appears, after a build, after a sentence, and before the slide goes. */
const PAUSE = { afterSlide: 0.7, afterBuild: 0.35, afterSentence: 0.42, beforeNextSlide: 0.5 };

export interface Cue {
  readonly startSec: number;
  readonly endSec: number;
  readonly text: string;
}

/** One slide state on screen, from `startFrame` up to but not including `endFrame`. */
export interface ShownState {
  readonly slide: string;
  readonly shown: number;
  readonly speaker: boolean;
  readonly isSlideChange: boolean;
  readonly startFrame: number;
  readonly endFrame: number;
}

export interface Timeline {
  readonly states: readonly ShownState[];
  readonly cues: readonly Cue[];
  /** Mono 16-bit at SAMPLE_RATE, as long as the pictures. */
  readonly samples: Int16Array;
  readonly durationSec: number;
}

export async function layOut(scenes: readonly Scene[]): Promise<Timeline> {
  const states: ShownState[] = [];
  const cues: Cue[] = [];
  const utterances: { readonly startSec: number; readonly samples: Int16Array }[] = [];
  let now = 0;
  for (const scene of scenes) {
    for (const [index, part] of scene.parts.entries()) {
      const startFrame = states.at(-1)?.endFrame ?? 0;
      now = startFrame / FRAMES_PER_SECOND + (index === 0 ? PAUSE.afterSlide : PAUSE.afterBuild);
      for (const text of part.say) {
        const samples = await speak(text);
        const endSec = now + samples.length / SAMPLE_RATE;
        cues.push({ startSec: now, endSec, text });
        utterances.push({ startSec: now, samples });
        now = endSec + PAUSE.afterSentence;
      }
      const isLastPart = index === scene.parts.length - 1;
      const endFrame = Math.ceil((now + (isLastPart ? PAUSE.beforeNextSlide : 0)) * FRAMES_PER_SECOND);
      const { slide, speaker } = scene;
      states.push({ slide, shown: part.shown, speaker, isSlideChange: index === 0, startFrame, endFrame });
    }
  }
  const durationSec = states.at(-1)!.endFrame / FRAMES_PER_SECOND;
  const samples = new Int16Array(Math.round(durationSec * SAMPLE_RATE));
  for (const utterance of utterances) samples.set(utterance.samples, Math.round(utterance.startSec * SAMPLE_RATE));
  return { states, cues, samples, durationSec };
}
