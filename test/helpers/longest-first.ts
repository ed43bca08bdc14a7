// The order of test files: those that take longest begin, so that no core is left with one of them at the end. The others follow as
// Vitest would have them.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of more than ten seconds, longest first. */
const LONG = [
  'surfaces/cli/generate',
  'pipelines/interrupted-index',
  'pipelines/odd-files',
  'model/engine/trained',
  'pipelines/kept-windows',
  'pipelines/model-engine',
  'ingest/ocr/ocr',
  'pipelines/server-engine',
  'ingest/video/sampled-frames',
  'surfaces/cli/contract',
  'model/engine/kv-int8',
  'ingest/speech/transcribe',
  'model/engine/formats',
  'ingest/video/read-slides',
  'pipelines/coming-slides',
  'windows/through-models',
  'model/engine/reuse',
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
