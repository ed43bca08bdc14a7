// Bytes to the data of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.6):
// characters and lines may be split anywhere between two chunks; line ends are LF, CRLF or CR; comments keep a line alive.

/** Yields the data of each event, lines joined by `\n`; the last one also where no blank line follows it. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let data: string[] = [];
  for await (const chunk of withEnd(chunks)) {
    rest += chunk === undefined ? `${decoder.decode()}\n\n` : decoder.decode(chunk, { stream: true });
    // A CR at the end may be half of a CRLF: it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      else if (line === '' && data.length > 0) {
        yield data.join('\n');
        data = [];
      }
    }
  }
}

/** The chunks, then undefined. */
async function* withEnd<T>(chunks: AsyncIterable<T>): AsyncGenerator<T | undefined> {
  yield* chunks;
  yield undefined;
}
