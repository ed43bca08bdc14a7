// Outputs of stages that are kept: used where they can be read, made again where they can't.
import { expect, it } from 'vitest';
import { runStage, stageKey } from '../../pipelines/stage.ts';
import { temporaryLibrary } from '../store/fixture.ts';

const stage = { name: 'slides', version: 1 };

it('runs a stage once, and again where what was kept of it is no output', async () => {
  await using it = await temporaryLibrary();
  let numRuns = 0;
  const run = () => runStage(it.library, 'content', stage, async () => ({ states: [++numRuns] }));
  expect([(await run()).cached, (await run()).cached]).toEqual([false, true]);
  for (const rubbish of [new Uint8Array(), new TextEncoder().encode('rubbish'), new Uint8Array([0xff, 0x0f, 0x6f])]) {
    await it.library.putArtifact(stageKey('content', stage), 'content', 'slides', rubbish);
    const { value, cached } = await run();
    expect([value.states, cached]).toEqual([[numRuns], false]);
  }
  expect([numRuns, (await run()).value.states]).toEqual([4, [4]]);
});
