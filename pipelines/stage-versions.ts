// The versions of all stages in one place: raising one makes the next `lectern index` redo that stage and what follows.
import { CAPTIONS_VERSION } from '../src/ingest/captions/cue.ts';
import { DOCUMENT_VERSION } from '../src/ingest/document/read-document.ts';
import { OCR_VERSION } from '../src/ingest/ocr/ocr-result.ts';
import { SLIDE_TEXT_VERSION } from '../src/ingest/ocr/slide-text.ts';
import { SPEECH_VERSION } from '../src/ingest/speech/transcriber.ts';
import { SLIDES_VERSION } from '../src/ingest/video/slide.ts';

export const STAGE_VERSIONS = {
  captions: CAPTIONS_VERSION,
  pages: DOCUMENT_VERSION,
  ocr: OCR_VERSION,
  slideText: SLIDE_TEXT_VERSION,
  slides: SLIDES_VERSION,
  speech: SPEECH_VERSION,
} as const;
