// Saves one source over and over, every row of it naming the generation it belongs to, and prints each when it is saved.
// Arguments: the library's folder, the generation to begin with.
import { openLibrary } from '../../../src/store/sqlite-library.ts';
import { eventsOf, sourceOf } from '../fixture.ts';

const [folder, first] = process.argv.slice(2);
await using library = await openLibrary(folder!);
for (let n = Number(first); ; n++) {
  const texts = Array.from({ length: 300 }, (_, i) => `Generation g${n} row r${i}`);
  await library.saveSource(sourceOf('replaced', { title: `g${n}`, numEvents: texts.length }), eventsOf(...texts));
  console.log(n);
}
