import { describe, expect, it } from 'vitest';
import { StopStrings } from '../../../src/model/qwen3-vl/stop-strings.ts';

function feed(stops: string[], pieces: string[]): { shown: string[]; isStopped: boolean } {
  const stopper = new StopStrings(stops);
  const shown = pieces.map((piece) => stopper.push(piece));
  return { shown: [...shown, stopper.end()], isStopped: stopper.isStopped };
}

describe('StopStrings', () => {
  it('cuts at a stop string that came in three pieces, and never shows its beginning', () => {
    expect(feed(['</answer>'], ['yes </', 'ans', 'wer> more', 'x'])).toEqual({
      shown: ['yes ', '', '', '', ''],
      isStopped: true,
    });
  });
  it('gives back what only looked like a beginning', () => {
    expect(feed(['END'], ['the E', 'Nd'])).toEqual({ shown: ['the ', 'ENd', ''], isStopped: false });
    expect(feed(['END'], ['the E'])).toEqual({ shown: ['the ', 'E'], isStopped: false });
  });
  it('stops at the earliest of several', () => {
    expect(feed(['b', 'a'], ['x a b']).shown).toEqual(['x ', '']);
  });
  it('lets everything through without stop strings, empty ones included', () => {
    expect(feed([''], ['a', 'b'])).toEqual({ shown: ['a', 'b', ''], isStopped: false });
  });
});
