// The order of test files: those that take longest begin, so that no core is left with one of them at the end. The others follow as
// Vitest would have them.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of more than ten seconds, longest first. */
const LONG = [
  'surfaces/cli/generate',
  'pipelines/model-engine',
  'pipelines/interrupted-index',
  'pipelines/kept-windows',
  'model/engine/trained',
  'pipelines/odd-files',
  'model/engine/reuse',
  'pipelines/server-engine',
  'model/engine/kv-int8',
  'ingest/ocr/ocr',
  'surfaces/cli/contract',
  'pipelines/coming-slides',
  'ingest/speech/transcribe',
  'windows/through-models',
  'ingest/video/sampled-frames',
  'ingest/video/read-slides',
  'pipelines/watch-sources',
  'model/engine/formats',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
