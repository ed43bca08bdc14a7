import { describe, expect, it } from 'vitest';
import { readEvents } from '../../../src/model/remote/server-sent-events.ts';

async function eventsOf(text: string, bytesAtOnce: number): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += bytesAtOnce) yield bytes.subarray(at, at + bytesAtOnce);
  }
  const events: string[] = [];
  for await (const event of readEvents(chunks())) events.push(event);
  return events;
}

describe('server-sent events', () => {
  const cases: [string, string, string[]][] = [
    ['line feeds', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['carriage returns and line feeds', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['carriage returns alone', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['comments and other fields between', ': ping\n\nevent: x\nid: 3\ndata:a\n\n', ['a']],
    ['several lines of one event', 'data: {\ndata: }\n\n', ['{\n}']],
    ['no blank line at the end', 'data: a\n\ndata: ü', ['a', 'ü']],
    ['nothing', '', []],
  ];

  it.each(cases)('are the same however the bytes are cut: %s', async (_, text, expected) => {
    for (const bytesAtOnce of [1, 2, 3, 1000]) expect(await eventsOf(text, bytesAtOnce)).toEqual(expected);
  });
});
