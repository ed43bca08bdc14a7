import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/store/library.ts';
import { exportFormats } from '../../../src/surfaces/formats/export.ts';

const source = { title: 'Panel', kind: 'transcript', path: '/talks/panel.vtt' } as SourceRecord;
const cues = [
  { startMs: 0, endMs: 2000, text: 'We all want the notion', speaker: 'Ann' },
  { startMs: 2000, endMs: 4000, text: 'that everyone has a chance.', speaker: 'Ann' },
  { startMs: 4000, endMs: 6000, text: 'So we agree & go on.', speaker: 'Bob' },
];
const material = { source, cues, events: [], chapters: [], pages: [] };

describe('captions written for other programs', () => {
  it('SubRip names a speaker where the turn begins', () => {
    const texts = exportFormats.srt(material).split('\n\n');
    expect(texts.map((text) => text.trim().split('\n').at(-1))).toEqual([
      'Ann: We all want the notion',
      'that everyone has a chance.',
      'Bob: So we agree & go on.',
    ]);
  });

  it('WebVTT gives each cue its voice', () => {
    expect(exportFormats.vtt(material)).toContain('<v Ann>that everyone has a chance.');
    expect(exportFormats.vtt(material)).toContain('<v Bob>So we agree &amp; go on.');
  });
});
