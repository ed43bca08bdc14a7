// Stands for whisper.cpp's program in tests: takes its options, hears the tones of a real WAV file, and writes the JSON that
// `--output-json` is documented to write.
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hearFile, nameOf } from '../tones.ts';

// whisper-cli spells long options with one dash: -oj, -of, -np.
const args = process.argv.slice(2).map((arg) => (/^-[a-z]{2,}$/.test(arg) ? `-${arg}` : arg));
const { values } = parseArgs({
  args,
  options: {
    m: { type: 'string', short: 'm' },
    f: { type: 'string', short: 'f' },
    l: { type: 'string', short: 'l' },
    oj: { type: 'boolean' },
    of: { type: 'string' },
    np: { type: 'boolean' },
  },
});
const { m: model = '', f: file = '', l: language = 'en', oj: isJson, of: output = file } = values;
if (!existsSync(model)) {
  console.error(`error: failed to open '${model}'`);
  process.exit(3);
}
if (model.endsWith('broken.bin')) {
  console.error('whisper_model_load: invalid model data (bad magic)\nerror: failed to initialize whisper context');
  process.exit(3);
}
const { sampleRate, channels, tones } = hearFile(file);
if (sampleRate !== 16_000 || channels !== 1) {
  console.error(`error: WAV file '${file}' must be 16 kHz mono`);
  process.exit(4);
}
const clock = (ms: number) => `${new Date(ms).toISOString().slice(11, 23).replace('.', ',')}`;
if (isJson) {
  const report = {
    systeminfo: 'AVX = 1',
    model: { type: 'base', multilingual: true },
    params: { model, language, translate: false },
    result: { language: language === 'auto' ? 'en' : language },
    transcription: tones.map((tone) => ({
      timestamps: { from: clock(tone.startMs), to: clock(tone.endMs) },
      offsets: { from: tone.startMs, to: tone.endMs },
      text: ` ${nameOf(tone)}.`,
    })),
  };
  writeFileSync(`${output}.json`, JSON.stringify(report, null, '\t'));
}
