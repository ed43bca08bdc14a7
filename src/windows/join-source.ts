// A model's events joined with what the reader finds in the same source: borders set to the moment at which a slide changes, the
// title as the slide spells it, the slide's text as evidence, and a summary from the speech where the model wrote none.
import type { Event, Evidence } from '../events/event.ts';
import { slideAsSentence, spokenDuring } from '../events/slide-events.ts';
import type { Transcript } from '../events/transcript.ts';
import type { Span } from '../time.ts';
import { asSpelled } from './titles.ts';
import { newTexts, shownWithin, type Shown, type Timeline } from './timeline.ts';

/**
 * A model that looks once a second names a change up to a second late, and rounds. Slide changes are found to the frame, so a
 * border this near to one is that one.
 */
const SNAP_MS = 1500;
/** A slide that is on screen for less of an event is the end of the one before, or the beginning of the next. */
const MIN_SHOWN_MS = 1000;

/** `transcript` is that of the timeline's captions. Events without a place in time stay as they are. */
export function joinSource(events: readonly Event[], timeline: Timeline, transcript: Transcript | undefined): Event[] {
  const changes = changesOf(timeline.shown);
  return events.map((event) => {
    if (event.place.kind !== 'time') return event;
    const span = snap(event.place, changes);
    const shown = shownWithin(timeline, span).filter(({ startMs, endMs }) => endMs - startMs >= MIN_SHOWN_MS);
    const said = event.summary === '' ? spokenDuring(span, transcript) : { summary: '', quotes: [] };
    const summary = event.summary || said.summary || slideAsSentence(lastText(shown) || event.title);
    const evidence = [
      ...slideEvidence(shown),
      ...event.evidence.filter(({ kind }) => kind !== 'slide'),
      ...said.quotes,
    ];
    // The slide is read in full resolution, the model sees less of it, but decides which line is the title.
    const title = asSpelled(
      event.title,
      shown.map((one) => one.title),
    );
    return { ...event, place: { kind: 'time', ...span }, title, summary, evidence };
  });
}

/** When another slide comes on, and when a state of the same one does. */
function changesOf(shown: readonly Shown[]): { slides: number[]; states: number[] } {
  const slides: number[] = [];
  const states: number[] = [];
  shown.forEach((one, i) => {
    (shown[i - 1]?.slideIndex === one.slideIndex ? states : slides).push(one.startMs);
  });
  return { slides, states };
}

function snap({ startMs, endMs }: Span, { slides, states }: ReturnType<typeof changesOf>): Span {
  const to = (ms: number) => nearest(slides, ms) ?? nearest(states, ms) ?? ms;
  const snapped = { startMs: to(startMs), endMs: to(endMs) };
  return snapped.endMs > snapped.startMs ? snapped : { startMs, endMs };
}

function nearest(times: readonly number[], ms: number): number | undefined {
  let best: number | undefined;
  for (const time of times) {
    if (Math.abs(time - ms) <= SNAP_MS && (best === undefined || Math.abs(time - ms) < Math.abs(best - ms)))
      best = time;
  }
  return best;
}

function slideEvidence(shown: readonly Shown[]): Evidence[] {
  const texts = newTexts(shown);
  return shown.flatMap(({ slideIndex, stateIndex, startMs, endMs }, i) =>
    texts[i] === ''
      ? []
      : [{ kind: 'slide', slideIndex, stateIndex, startMs, endMs, text: texts[i]! } satisfies Evidence],
  );
}

function lastText(shown: readonly Shown[]): string {
  return shown.findLast(({ text }) => text !== '')?.text ?? '';
}
