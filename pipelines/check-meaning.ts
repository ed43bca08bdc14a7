// What `lectern doctor` finds out about search by meaning: which models there are for it, and whose vectors the library holds.
import type { Config } from '../src/config.ts';
import { openLibraryToRead } from '../src/store/sqlite-library.ts';
import { Embedder, findEmbedder, findReranker } from './embed-models.ts';
import { absent, ok, type Finding } from './finding.ts';

export async function checkMeaning(config: Config): Promise<Finding> {
  const [installed, reranker] = await Promise.all([findEmbedder(config), findReranker(config)]);
  const order = reranker ? `, ${reranker.name} puts hits in order` : '';
  if (!installed) {
    const remedy =
      config.embedding === 'off'
        ? 'Remove the setting embedding to search by meaning.'
        : 'To search by meaning too: lectern models pull Qwen/Qwen3-VL-Embedding-2B, then lectern index again.';
    return absent(`no embedding model, search goes by words${order}`, remedy);
  }
  await using library = await openLibraryToRead(config.library);
  const { model } = new Embedder(installed, config);
  const sources = (await library.listSources()).filter(({ status }) => status === 'indexed').length;
  const mine = (await library.countVectors()).find(({ identity }) => identity === model.identity)?.sources ?? 0;
  // A search, so that sqlite-vec has to work.
  await library.nearestPlaces(model, new Float32Array(model.dimensions), { limit: 1 });
  const message = `${model.name} (${model.dimensions} dimensions), ${mine} of ${sources} sources have its vectors${order}`;
  return ok(mine < sources ? `${message}; the others get them when they are indexed again` : message);
}
