// Text off a slide: one still for each slide state, read once per distinct picture whatever video it is in.
import { sha256 } from '../src/hash.ts';
import { OCR_VERSION } from '../src/ingest/ocr/ocr-result.ts';
import { SLIDE_TEXT_VERSION, slideTextOf } from '../src/ingest/ocr/slide-text.ts';
import type { MediaProbe } from '../src/ingest/video/probe.ts';
import type { SlideState, SlideText } from '../src/ingest/video/slide.ts';
import { grabStill } from '../src/ingest/video/still.ts';
import type { IndexContext } from './index-context.ts';
import { runStage } from './stage.ts';
import type { StillShelf } from './still-shelf.ts';

type StillText = Pick<SlideText, 'title' | 'text' | 'confidence'>;

const NOTHING: StillText = { title: '', text: '', confidence: 0 };

export async function readSlideText(
  { slideIndex, stateIndex, stillMs }: SlideState,
  probe: MediaProbe,
  stills: StillShelf,
  context: IndexContext,
): Promise<SlideText> {
  const { library, contentHash, shared, signal } = context;
  signal.throwIfAborted();
  const parameters = { stillMs, langs: shared.ocrLangs, reading: SLIDE_TEXT_VERSION };
  const stage = { name: 'slide-text', version: OCR_VERSION, parameters };
  const { value } = await runStage(library, contentHash, stage, () => readStill(stillMs, probe, stills, context));
  return { slideIndex, stateIndex, ...value };
}

async function readStill(
  stillMs: number,
  probe: MediaProbe,
  stills: StillShelf,
  { input, contentHash, library, shared, signal }: IndexContext,
): Promise<StillText> {
  const still = await grabStill(input.path, probe, stillMs / 1000, signal);
  if (!still) return NOTHING;
  stills.put(stillMs, still);
  const { width, height, data } = still;
  const picture = {
    name: 'ocr',
    version: OCR_VERSION,
    parameters: { picture: sha256(data), width, height, langs: shared.ocrLangs, reading: SLIDE_TEXT_VERSION },
  };
  const { value } = await runStage(library, contentHash, picture, async () => {
    const ocr = await shared.ocr();
    const result = await ocr.recognize({ pixels: data, width, height, channels: 3 }, signal);
    const { title, text, confidence } = slideTextOf(result, { width, height });
    return { title, text, confidence };
  });
  return value;
}
