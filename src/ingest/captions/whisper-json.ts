// The JSON that Whisper programs write, to raw cues. Four shapes, told apart by their keys:
//   openai/whisper, faster-whisper, WhisperX   {language, segments: [{start, end, text, speaker?}]}          seconds
//   OpenAI API with word times only             {words: [{word, start, end}]}                                 seconds
//   whisper.cpp --output-json                    {result: {language}, transcription: [{offsets: {from, to}, text}]}  ms
//   transformers pipeline                        {chunks: [{timestamp: [start, end], text}]}                   seconds
import { z } from 'zod';
import { parseClock } from './clock.ts';
import type { ParsedCaptions, RawCue } from './raw-cue.ts';
import { timeTag } from './word-times.ts';

/** A recogniser's first word may begin a moment before the sound does. */
const seconds = z.number().transform((value) => Math.max(0, value));
const segment = z.object({
  start: seconds,
  end: seconds.nullish(),
  text: z.string(),
  speaker: z.string().nullish(),
  words: z.unknown().optional(),
});
/** WhisperX gives no times to figures. */
const segmentWords = z.array(z.object({ word: z.string(), start: seconds.nullish().catch(null) }));
const word = z.object({ word: z.string(), start: seconds, end: seconds });
const clocks = z.object({ from: z.string(), to: z.string() });
const transcribed = z.object({
  offsets: z.object({ from: z.number(), to: z.number() }).optional(),
  timestamps: clocks.optional(),
  text: z.string(),
});
const chunk = z.object({ timestamp: z.tuple([seconds, seconds.nullable()]), text: z.string() });

const whisperJson = z.object({
  language: z.string().nullish(),
  result: z.object({ language: z.string().nullish() }).nullish(),
  segments: z.array(z.unknown()).nullish(),
  words: z.array(z.unknown()).nullish(),
  transcription: z.array(z.unknown()).nullish(),
  chunks: z.array(z.unknown()).nullish(),
});

/** A cue of words ends at a sentence end, a pause of this many seconds, or this many words. */
const WORD_PAUSE_SEC = 0.6;
const WORDS_PER_CUE = 14;

/** undefined where the value has none of the four shapes. */
export function parseWhisperJson(value: unknown): ParsedCaptions | undefined {
  const parsed = whisperJson.safeParse(value);
  if (!parsed.success) return undefined;
  const { segments, words, transcription, chunks, language, result } = parsed.data;
  const entries = segments ?? transcription ?? chunks ?? words;
  if (entries === null || entries === undefined) return undefined;
  let numSkipped = 0;
  const read = <T>(schema: z.ZodType<T>, toCue: (entry: T) => RawCue | undefined): RawCue[] =>
    entries.flatMap((entry) => {
      const one = schema.safeParse(entry);
      const cue = one.success ? toCue(one.data) : undefined;
      if (cue === undefined) numSkipped++;
      return cue ?? [];
    });
  const cues =
    entries === segments
      ? read(segment, ({ start, end, text, speaker, words }) => ({
          ...span(start, end),
          payload: timedText(text, words),
          ...(speaker && { speaker }),
        }))
      : entries === transcription
        ? read(transcribed, transcribedCue)
        : entries === chunks
          ? read(chunk, ({ timestamp: [start, end], text }) => ({ ...span(start, end), payload: text }))
          : joinWords(read(word, ({ word: text, start, end }) => ({ ...span(start, end), payload: text })));
  const lang = language ?? result?.language;
  return { cues, kind: 'captions', numSkipped, ...(lang && { lang }) };
}

function span(start: number, end: number | null | undefined): { startMs: number; endMs: number } {
  const startMs = Math.round(start * 1000);
  return { startMs, endMs: end === null || end === undefined ? startMs : Math.round(end * 1000) };
}

/** The words with their times if they are those of the text, else the text. */
function timedText(text: string, words: unknown): string {
  const parsed = segmentWords.safeParse(words);
  const bare = (written: string) => written.replace(/\s+/g, '');
  if (!parsed.success || bare(parsed.data.map((one) => one.word).join('')) !== bare(text)) return text;
  const isSpaced = parsed.data.some((one) => /^\s/.test(one.word)) || !/\s/.test(text.trim());
  return parsed.data
    .map((one) => (typeof one.start === 'number' ? timeTag(one.start * 1000) : '') + one.word)
    .join(isSpaced ? '' : ' ');
}

function transcribedCue({ offsets, timestamps, text }: z.infer<typeof transcribed>): RawCue | undefined {
  const startMs = offsets?.from ?? parseClock(timestamps?.from ?? '');
  const endMs = offsets?.to ?? parseClock(timestamps?.to ?? '');
  return startMs === undefined || endMs === undefined ? undefined : { startMs, endMs, payload: text };
}

function joinWords(words: readonly RawCue[]): RawCue[] {
  const cues: RawCue[] = [];
  let open: RawCue[] = [];
  const close = () => {
    const [first, last] = [open[0], open.at(-1)];
    if (first && last) {
      const payload = open.map((one) => timeTag(one.startMs) + one.payload.trim()).join(' ');
      cues.push({ startMs: first.startMs, endMs: last.endMs, payload });
    }
    open = [];
  };
  for (const one of words) {
    const last = open.at(-1);
    const pause = last === undefined ? 0 : one.startMs - last.endMs;
    if (open.length >= WORDS_PER_CUE || pause > WORD_PAUSE_SEC * 1000 || /[.!?。！？]$/.test(last?.payload ?? ''))
      close();
    open.push(one);
  }
  close();
  return cues;
}
