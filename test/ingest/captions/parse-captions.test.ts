import { describe, expect, it } from 'vitest';
import { parseCaptions, type CaptionFormat } from '../../../src/ingest/captions/parse-captions.ts';

const parse = (text: string, format: CaptionFormat = 'vtt') => {
  const { track, warnings } = parseCaptions(text, format, { kind: 'file', path: 'x' });
  return { cues: track.cues, warnings, lang: track.lang };
};
const rows = (text: string, format: CaptionFormat = 'vtt') =>
  parse(text, format).cues.map((cue) => [cue.startMs, cue.endMs, cue.text]);

describe('WebVTT', () => {
  it('reads times without hours, over one hour and over one day', () => {
    const text =
      'WEBVTT\n\n00:01.500 --> 00:02.000\na\n\n01:00:00.000 --> 01:00:01.250\nb\n\n100:00:00.000 --> 100:00:02.000\nc\n';
    expect(rows(text)).toEqual([
      [1500, 2000, 'a'],
      [3_600_000, 3_601_250, 'b'],
      [360_000_000, 360_002_000, 'c'],
    ]);
  });
  it('reads past a byte order mark, CRLF, notes, styles, regions, identifiers and settings', () => {
    const text =
      '\ufeffWEBVTT - title\r\nKind: captions\r\n\r\nNOTE\r\n00:00:00.000 --> 00:00:09.000 is a comment\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nREGION\r\nid:r\r\n\r\nintro\r\n00:00:01.000 --> 00:00:02.000 line:0 align:start\r\nHello\r\nthere\r\n';
    expect(rows(text)).toEqual([[1000, 2000, 'Hello there']]);
  });
  it('takes markup and entities off and keeps the speaker', () => {
    const text =
      'WEBVTT\n\n00:01.000 --> 00:03.000\n<v.loud Dr. O&apos;Neil><c.yellow>if</c> <i>a</i> &lt; b<00:00:01.500><c> &amp;</c> x <- y\n';
    expect(parse(text).cues).toEqual([
      { startMs: 1000, endMs: 3000, text: 'if a < b & x <- y', speaker: "Dr. O'Neil" },
    ]);
  });
  it('divides a cue with two voices between them', () => {
    const text = 'WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ann>12345\n<v Bob>12345\n';
    expect(parse(text).cues).toEqual([
      { startMs: 0, endMs: 1000, text: '12345', speaker: 'Ann' },
      { startMs: 1000, endMs: 2000, text: '12345', speaker: 'Bob' },
    ]);
  });
  it('carries a name on to the cues after it where sentences do, up to the next turn', () => {
    const said = [
      '<v Ann>We all want the notion',
      'that everyone has a chance.',
      'It matters.',
      '<v Bob>So we',
      'agree.',
    ];
    const text = `WEBVTT\n\n${said.map((line, i) => `00:0${i}.000 --> 00:0${i + 1}.000\n${line}\n`).join('\n')}`;
    expect(parse(text).cues.map(({ speaker }) => speaker)).toEqual(['Ann', 'Ann', 'Ann', 'Bob', 'Bob']);
    const another = text.replace('It matters.', '>> It matters.');
    expect(parse(another).cues.map(({ speaker }) => speaker)).toEqual(['Ann', 'Ann', undefined, 'Bob', 'Bob']);
    const whole = text.replace('the notion', 'it.').replace('So we', 'So we do.');
    expect(parse(whole).cues.map(({ speaker }) => speaker)).toEqual(['Ann', undefined, undefined, 'Bob', undefined]);
  });
  it('drops blank cues, repairs an end before the start, sorts, and counts what it had to skip', () => {
    const text =
      'WEBVTT\n\n00:05.000 --> 00:04.000\nlate\n\n00:01.000 --> 00:02.000\n \n\nxx --> yy\ngarbage\n\n00:03.000 --> 00:04.000\nearly\n';
    const { cues, warnings } = parse(text);
    expect(cues.map((cue) => cue.text)).toEqual(['early', 'late']);
    expect(cues[1]!.endMs).toBeGreaterThan(5000);
    expect(warnings).toEqual([
      'One caption could not be read and was skipped.',
      'One caption ended before it began; its end was estimated.',
    ]);
  });
  it('takes out what a terminal would obey, and other control characters', () => {
    const text =
      'WEBVTT\n\n00:00.000 --> 00:04.000\nbell\u0007 \u001b[31mred\u001b[0m \u001b]0;title\u0007\t[Music]\u0085 end\n';
    expect(rows(text)).toEqual([[0, 4000, 'bell red [Music] end']]);
  });
  it('skips a cue of megabytes, which is no caption', () => {
    const data = `WEBVTT\n\n00:00.000 --> 00:04.000\n${'word salad '.repeat(100_000)}\n\n00:04.000 --> 00:05.000\nreal\n`;
    const { cues, warnings } = parse(data);
    expect(cues.map(({ text }) => text)).toEqual(['real']);
    expect(warnings).toEqual(['One caption could not be read and was skipped.']);
  });
  it('reads hundreds of thousands of unclosed tags and braces, of lines, and of cues without an end, each once', () => {
    const cue = (payload: string) => parse(`WEBVTT\n\n00:00.000 --> 00:05.000\n${payload}`).cues;
    for (const opening of ['<v x', '<v.', '{\\a', '{c:'])
      expect(cue(opening.repeat(200_000))[0]?.text).toHaveLength(200_000 * opening.length);
    expect(cue(`<v${' '.repeat(500_000)}end`)).toMatchObject([{ text: '<v end' }]);
    expect(cue('ab\n'.repeat(200_000))[0]?.text).toHaveLength(599_999);
    expect(parse(`[Events]\nDialogue: 0,0:00:00.00,0:00:05.00,,,,,,,${'{\\p1'.repeat(200_000)}`).cues).toHaveLength(1);
    const starting = Array.from({ length: 100_000 }, (_, i) => `00:05.000 --> 00:05.000\nword ${i}\n`);
    expect(parse(`WEBVTT\n\n${starting.join('\n')}\n00:06.000 --> 00:07.000\nend`).cues.at(-2)?.endMs).toBe(5600);
    const words = 'a '.repeat(200_000);
    expect(
      parse(`WEBVTT\n\n00:01.000 --> 00:02.000\n${words}b\n\n00:02.000 --> 00:03.000\n${words}c`).cues,
    ).toHaveLength(2);
  });
  it('takes out marks that turn the direction of what follows', () => {
    expect(rows('WEBVTT\n\n00:01.000 --> 00:02.000\n\u2066a\u2069 \u202eb\n')).toEqual([[1000, 2000, 'a b']]);
  });
  it('keeps overlapping cues of two speakers', () => {
    const text = 'WEBVTT\n\n00:00.000 --> 00:04.000\nfirst one talks\n\n00:02.000 --> 00:05.000\nsecond one answers\n';
    expect(rows(text)).toEqual([
      [0, 4000, 'first one talks'],
      [2000, 5000, 'second one answers'],
    ]);
  });
  it('says every text of YouTube automatic captions once', () => {
    const text = `WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
 
so<00:00:00.320><c> today</c><00:00:00.640><c> we</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
so today we
 

00:00:02.010 --> 00:00:04.000 align:start position:0%
so today we
derive<00:00:02.500><c> the</c><00:00:03.000><c> rule</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
derive the rule
 

00:00:04.010 --> 00:00:06.000 align:start position:0%
derive the rule
the<00:00:04.500><c> rule</c><00:00:05.000><c> is</c>
`;
    expect(rows(text)).toEqual([
      [0, 2010, 'so today we'],
      [2010, 4010, 'derive the rule'],
      [4010, 6000, 'the rule is'],
    ]);
  });
  it('undoes rolling lines that were joined, whose cues overlap in time', () => {
    const lines = ['we start here with', 'some words and then', 'more of them come', 'until the very end'];
    const cues = lines.map((line, i) => {
      const text = i === 0 ? line : `${lines[i - 1]} ${line}`;
      return `${i + 1}\n00:00:0${i},000 --> 00:00:0${i + 2},000\n${text}\n`;
    });
    expect(rows(cues.join('\n'), 'srt')).toEqual(
      lines.map((line, i) => [i * 1000, i === 3 ? 5000 : (i + 1) * 1000, line]),
    );
  });
  it('keeps a line that is said again after a gap', () => {
    const text =
      'WEBVTT\n\n00:01.000 --> 00:01.500\nOh!\n\n00:01.540 --> 00:02.000\nOh!\n\n00:03.000 --> 00:04.000\nOh!\n';
    expect(rows(text)).toHaveLength(3);
  });
  it('keeps sounds', () => {
    expect(rows('WEBVTT\n\n00:01.000 --> 00:02.000\n[Applause]\n\n00:02.000 --> 00:03.000\n♪ ♪\n')).toHaveLength(2);
  });
  it('gives no cues for an empty text or for prose', () => {
    expect(rows('')).toEqual([]);
    expect(rows('WEBVTT')).toEqual([]);
    expect(rows('Dear Sir,\n\nthis is a letter.')).toEqual([]);
  });
});

describe('SubRip and SubViewer', () => {
  it('reads comma decimals, tags, overrides, blank lines inside a cue and missing numbers', () => {
    const text =
      '1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<font color="#fff">One</font>\r\n\r\nmore\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n42\r\n00:00:05,000 --> 00:00:06,000\r\n- Yes?\r\n- No.\r\n';
    expect(rows(text, 'srt')).toEqual([
      [1000, 2500, 'One more'],
      [3000, 4000, '42'],
      [5000, 6000, 'Yes? No.'],
    ]);
  });
  it('begins captions at 0 that were moved to before it', () => {
    const text = '1\n-00:00:02,000 --> 00:00:04,000\nmoved\n\n2\n00:00:04,000 --> 00:00:05,000\nnext\n';
    expect(rows(text, 'srt')).toEqual([
      [0, 4000, 'moved'],
      [4000, 5000, 'next'],
    ]);
    const segments = [{ start: -0.04, end: 2, text: 'early' }];
    expect(rows(JSON.stringify({ segments }), 'json')).toEqual([[0, 2000, 'early']]);
  });
  it('reads SubViewer times', () => {
    expect(rows('0:00:01.000,0:00:02.000\nHello\n\n0:00:03.000,0:00:04.000\nyou\n', 'srt')).toEqual([
      [1000, 2000, 'Hello'],
      [3000, 4000, 'you'],
    ]);
  });
  it('knows WebVTT under a false name', () => {
    expect(rows('WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n', 'srt')).toEqual([[1000, 2000, 'Hi']]);
  });
  it('lifts recurrent names and names in capitals to speakers, and leaves other colons alone', () => {
    const cue = (i: number, text: string) => `${i}\n00:00:0${i},000 --> 00:00:0${i},900\n${text}\n`;
    const text = ['>> DR. WHO: hi', 'Anna: a', 'Anna: b', 'Anna: c', 'Note: this', 'and he said: no'].map((t, i) =>
      cue(i + 1, t),
    );
    expect(parse(text.join('\n'), 'srt').cues.map((one) => [one.speaker, one.text])).toEqual([
      ['DR. WHO', 'hi'],
      ['Anna', 'a'],
      ['Anna', 'b'],
      ['Anna', 'c'],
      [undefined, 'Note: this'],
      [undefined, 'and he said: no'],
    ]);
  });
});

describe('ASS', () => {
  const head =
    '[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n';
  it('reads dialogue by the Format line, commas in the text included', () => {
    const text = `${head}Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.50,0:00:03.00,Default,Ann,0,0,0,,{\\i1}Well{\\i0}, yes,\\Nof course
Dialogue: 1,0:00:01.50,0:00:03.00,Default,Ann,0,0,0,,{\\i1}Well{\\i0}, yes,\\Nof course
Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
Dialogue: broken
`;
    const { cues, warnings } = parse(text, 'ass');
    expect(cues).toEqual([{ startMs: 1500, endMs: 3000, text: 'Well, yes, of course', speaker: 'Ann' }]);
    expect(warnings).toHaveLength(1);
  });
  it('reads dialogue past a Format line that is damaged, and speakers without what a terminal would obey', () => {
    const text = '[Events]\nFormat: Layer, Sta\nDialogue: 0,0:00:01.00,0:00:02.00,D,\u001b[31mAnn\u2066,0,0,0,,a, b\n';
    expect(parse(text, 'ass').cues).toEqual([{ startMs: 1000, endMs: 2000, text: 'a, b', speaker: 'Ann' }]);
  });
});

describe('Whisper JSON', () => {
  it('reads segments in seconds and the language by its name', () => {
    const text = JSON.stringify({
      language: 'english',
      segments: [{ id: 0, start: 0.5, end: 2, text: ' Hello there.', speaker: 'SPEAKER_00' }, { start: 'x' }],
    });
    const { cues, lang, warnings } = parse(text, 'json');
    expect(cues).toEqual([{ startMs: 500, endMs: 2000, text: 'Hello there.', speaker: 'SPEAKER_00' }]);
    expect(lang).toBe('en');
    expect(warnings).toHaveLength(1);
  });
  it('reads whisper.cpp, by offsets or by timestamps', () => {
    const transcription = [
      { timestamps: { from: '00:00:00,000', to: '00:00:02,000' }, offsets: { from: 0, to: 2000 }, text: ' One' },
      { timestamps: { from: '00:00:02,000', to: '00:00:03,500' }, text: ' two' },
    ];
    expect(rows(JSON.stringify({ result: { language: 'en' }, transcription }), 'json')).toEqual([
      [0, 2000, 'One'],
      [2000, 3500, 'two'],
    ]);
  });
  it('makes cues of words at sentence ends and pauses', () => {
    const words = [
      ['I', 0, 0.2],
      ['see.', 0.2, 0.5],
      ['Then', 0.6, 0.9],
      ['later', 2, 2.3],
    ].map(([word, start, end]) => ({ word, start, end }));
    expect(rows(JSON.stringify({ text: 'I see. Then later', words }), 'json')).toEqual([
      [0, 500, 'I see.'],
      [600, 900, 'Then'],
      [2000, 2300, 'later'],
    ]);
  });
  it('reads transformers chunks with an open end', () => {
    const chunks = [
      { timestamp: [0, 1.5], text: ' a b' },
      { timestamp: [1.5, null], text: ' c d' },
    ];
    expect(rows(JSON.stringify({ text: ' a b c d', chunks }), 'json')).toEqual([
      [0, 1500, 'a b'],
      [1500, 2000, 'c d'],
    ]);
  });
  it('reads YouTube json3 and cuts ends back to the next start', () => {
    const events = [
      { tStartMs: 0, dDurationMs: 4000, segs: [{ utf8: 'so' }, { utf8: ' today', tOffsetMs: 300 }] },
      { tStartMs: 2000, dDurationMs: 10, aAppend: 1, segs: [{ utf8: '\n' }] },
      { tStartMs: 2000, dDurationMs: 3000, segs: [{ utf8: 'we start' }] },
    ];
    expect(rows(JSON.stringify({ wireMagic: 'pb3', events }), 'json')).toEqual([
      [0, 2000, 'so today'],
      [2000, 5000, 'we start'],
    ]);
  });
  it('takes times of whole milliseconds, and none that no recording has', () => {
    const segments = [
      { start: -2, end: 0.0004, text: 'early' },
      { start: 1.00049, end: 1e308, text: 'endless' },
      { start: 1e300, end: 1e300, text: 'nowhere' },
    ];
    const { cues, warnings } = parse(JSON.stringify({ segments }), 'json');
    expect(cues.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [0, 500, 'early'],
      [1000, 1500, 'endless'],
    ]);
    expect(warnings[0]).toBe('One caption could not be read and was skipped.');
    const offsets = { from: -0.5, to: 999.6 };
    expect(rows(JSON.stringify({ transcription: [{ offsets, text: 'Hi' }] }), 'json')).toEqual([[0, 1000, 'Hi']]);
  });
  it('reads the NaN that Python writes where a probability is none', () => {
    const text = '{"segments":[{"start":0,"end":1,"avg_logprob":NaN,"x":-Infinity,"text":"NaN is \\"NaN\\" here"}]}';
    expect(rows(text, 'json')).toEqual([[0, 1000, 'NaN is "NaN" here']]);
    expect(rows(`{"x":NaN,"text":${'"\\'.repeat(200_000)}`, 'json')).toEqual([]);
  });
  it('gives no cues for other JSON', () => {
    expect(rows('{"name":"x","version":"1"}', 'json')).toEqual([]);
    expect(rows('{"segments":', 'json')).toEqual([]);
  });
});
