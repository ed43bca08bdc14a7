// The reader is interrupted though it looks at no signal: in the middle, and by what came while it gave way nowhere.
import { expect, it } from 'vitest';
import { readerEngine } from '../../pipelines/reader-engine.ts';
import { InterruptedError } from '../../src/errors.ts';
import { eventsOf, sourceOf, temporaryLibrary } from '../store/fixture.ts';

const talk = sourceOf('talk');

it('ends an answer and a summary by the reason of the signal, before, while and just after it works', async () => {
  await using it = await temporaryLibrary();
  await it.library.saveSource(talk, eventsOf('A step leads downhill.', 'The next step is smaller than the first.'));
  const works = [
    (signal: AbortSignal) => readerEngine.answer(it.library, { question: 'What leads downhill?', limit: 3, signal }),
    (signal: AbortSignal) => readerEngine.summarize(it.library, talk, { signal }),
  ];
  for (const work of works) {
    const reason = new InterruptedError();
    await expect(work(AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const underWay = work(stop.signal);
    stop.abort(reason);
    await expect(underWay).rejects.toBe(reason);
    await expect(work(new AbortController().signal)).resolves.toMatchObject({ engine: 'reader' });
  }
});
