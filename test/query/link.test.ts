import { describe, expect, it } from 'vitest';
import { linkPage, linkTimes } from '../../src/query/link.ts';

describe('links', () => {
  it('opens a span in seconds, milliseconds kept where there are any', () => {
    expect(linkTimes('/talks/a.mp4', 75_000, 90_000)).toBe('file:///talks/a.mp4#t=75,90');
    expect(linkTimes('/talks/a.mp4', 75_250, 90_001)).toBe('file:///talks/a.mp4#t=75.25,90.001');
  });
  it('counts pages from 1', () => {
    expect(linkPage('/m.pdf', 11)).toBe('file:///m.pdf#page=12');
  });
  it('percent-encodes what would end or change the path', () => {
    expect(linkPage('/my talks/50% #1?.pdf', 0)).toBe('file:///my%20talks/50%25%20%231%3F.pdf#page=1');
    expect(linkTimes('/büro.mp4', 0, 1000)).toBe('file:///b%C3%BCro.mp4#t=0,1');
  });
});
