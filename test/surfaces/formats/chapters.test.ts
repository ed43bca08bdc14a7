import { describe, expect, it } from 'vitest';
import type { Chapter } from '../../../src/events/event.ts';
import type { SourceRecord } from '../../../src/store/library.ts';
import {
  chaptersFfmetadata,
  chaptersMarkdown,
  chaptersVtt,
  chaptersYoutube,
  youtubeRemark,
} from '../../../src/surfaces/formats/chapters.ts';

const source: SourceRecord = {
  id: '0123456789abcdef',
  contentHash: '0'.repeat(64),
  path: '/lectures/week 1.mp4',
  kind: 'video',
  title: 'Week 1; intro',
  durationMs: 4_000_000,
  numPages: null,
  numEvents: 0,
  status: 'indexed',
  error: null,
  engine: 'reader',
  lang: 'en',
  video: null,
  fingerprint: '',
  indexedAt: new Date(0),
};
const chapters: Chapter[] = [
  { place: { kind: 'time', startMs: 1500, endMs: 60_000 }, title: 'Why a < b & c', summary: '' },
  { place: { kind: 'time', startMs: 60_000, endMs: 3_700_000 }, title: 'Loss = error', summary: '' },
  { place: { kind: 'time', startMs: 3_700_000, endMs: 4_000_000 }, title: 'Recap', summary: '' },
];

describe('chapter formats', () => {
  it('escapes WebVTT text and keeps the hour', () => {
    const text = chaptersVtt(source, chapters);
    expect(text).toContain('00:00:01.500 --> 00:01:00.000\nWhy a &lt; b &amp; c');
    expect(text).toContain('01:01:40.000 --> 01:06:40.000');
  });

  it('starts the YouTube list at 0:00, as YouTube demands', () => {
    expect(chaptersYoutube(source, chapters).split('\n')).toEqual([
      '0:00 Why a < b & c',
      '1:00 Loss = error',
      '1:01:40 Recap',
    ]);
  });

  it('lists no chapter that is too short for YouTube', () => {
    const spans = [
      [0, 4000, 'Jingle'],
      [4000, 60_000, 'Topic'],
      [60_000, 69_999, 'Aside'],
      [69_999, 130_000, 'Proof'],
      [130_000, 139_500, 'Credits'],
    ] as const;
    const list = chaptersYoutube(
      source,
      spans.map(([startMs, endMs, title]) => ({ place: { kind: 'time', startMs, endMs }, title, summary: '' })),
    );
    expect(list.split('\n')).toEqual(['0:00 Topic', '1:00 Proof']);
    expect(youtubeRemark(list)).toContain('here are 2');
    expect(youtubeRemark(chaptersYoutube(source, chapters))).toBeUndefined();
    const short: Chapter = { place: { kind: 'time', startMs: 0, endMs: 5000 }, title: 'All of it', summary: '' };
    expect(chaptersYoutube(source, [short])).toBe('0:00 All of it');
  });

  it('counts from the first picture of a broadcast, whose clock has run for hours', () => {
    const late = chapters.map((chapter): Chapter => {
      const place = chapter.place as { startMs: number; endMs: number };
      const [startMs, endMs] = [place.startMs + 36_000_000 - 1500, place.endMs + 36_000_000 - 1500];
      return { ...chapter, place: { kind: 'time', startMs, endMs } };
    });
    expect(chaptersYoutube(source, late).split('\n').at(-1)).toBe('1:01:38 Recap');
    expect(chaptersFfmetadata(source, late)).toContain('START=0\nEND=58500');
    expect(chaptersVtt(source, late)).toContain('11:01:38.500 -->');
  });

  it('escapes the special characters of FFMETADATA1', () => {
    const text = chaptersFfmetadata(source, chapters);
    expect(text).toMatch(/^;FFMETADATA1\ntitle=Week 1\\; intro\n/);
    expect(text).toContain('START=60000\nEND=3700000\ntitle=Loss \\= error');
  });

  it('links each chapter to its second in Markdown, with the path percent-encoded', () => {
    expect(chaptersMarkdown(source, chapters)).toContain(
      '[1:00](file:///lectures/week%201.mp4#t=60,3700) Loss = error',
    );
  });

  it('refuses times for a document, and says which formats work', () => {
    const document: SourceRecord = { ...source, kind: 'document' };
    const sections: Chapter[] = [
      { place: { kind: 'pages', pageIndex: 0, endPageIndex: 3 }, title: 'Intro', summary: '' },
    ];
    expect(() => chaptersVtt(document, sections)).toThrow(/is a document/);
    expect(chaptersMarkdown(document, sections)).toContain('#page=1');
  });
});
