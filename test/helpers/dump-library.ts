// Everything a library holds, in a form that two libraries can be compared by: without row numbers, dates and its folder.
import { openLibrary } from '../../src/store/sqlite-library.ts';

export async function dumpLibrary(folder: string) {
  await using library = await openLibrary(folder);
  const sources = await library.listSources();
  const dump = await Promise.all(
    sources.map(async ({ indexedAt: _, ...source }) => ({
      source,
      events: await library.readEvents(source.id),
      chapters: await library.readChapters(source.id),
      captions: (await library.readCaptions(source.id)) ?? null,
      slides: await library.readSlides(source.id),
      document: (await library.readDocument(source.id)) ?? null,
      pages: await library.readPages(source.id),
      passages: (await library.readPassages(source.id, {})).map(({ id: __, ...passage }) => passage),
    })),
  );
  return dump.sort((a, b) => (a.source.path < b.source.path ? -1 : 1));
}
