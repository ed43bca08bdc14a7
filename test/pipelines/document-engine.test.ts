// A manual through the real command line with the engine `openai`: planned, indexed, asked and summed up.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/lectern.ts';
import { makePdf } from '../ingest/document/make-pdf.ts';
import { startServer } from '../model/remote/requests.ts';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';

const SECTIONS = [
  ['Starting', 'Turn the key to start the pump.', 'Wait until the lamp is green before you open the valve.'],
  ['Stopping', 'The red button stops the pump at once.', 'Nothing else does, so keep it free at all times.'],
  ['Care', 'Clean the filter with cold water every thirty days.', 'Dry it well before you put it back.'],
];

it('plans, indexes, answers and sums up a manual by a server’s model', async () => {
  const server = await startServer();
  const folder = temporaryFolder('document-engine');
  const environment = { LECTERN_ENGINE: 'openai', LECTERN_SERVER_URL: server.url };
  const run = lecternOn(path.join(folder, 'library'), environment);
  const file = path.join(folder, 'manuals', 'pump.pdf');
  mkdirSync(path.dirname(file));
  const pages = SECTIONS.map(([title = '', ...lines]) => ({
    texts: [[72, 60, title, 'B16'] as const, ...lines.map((line, i) => [72, 100 + 14 * i, line] as const)],
  }));
  writeFileSync(file, makePdf({ pages, title: 'The pump', outline: SECTIONS.map(([title = ''], i) => [title, i]) }));

  const plan = await run(['index', file, '--plan', '--json']);
  expect(plan.code, plan.stderr).toBe(0);
  const [input] = (JSON.parse(plan.stdout) as { inputs: { model: Record<string, unknown> }[] }).inputs;
  expect(input!.model).toMatchObject({ windows: 1, contextTokens: 32_768, weightBytes: null, kvBytes: null });
  expect(input!.model['promptTokens']).toBeGreaterThan(300);

  const events = SECTIONS.map(([title, quote], i) => ({ page: i + 1, lastPage: i + 1, title, summary: 'S.', quote }));
  server.pieces = [JSON.stringify({ events })];
  const indexed = await run(['index', file, '--json']);
  expect(indexed.code, indexed.stderr).toBe(0);
  const listed = JSON.parse((await run(['events', 'pump.pdf', '--json'])).stdout) as { events: object[] };
  expect(listed.events).toMatchObject(
    SECTIONS.map(([title, quote], i) => ({
      ...{ page: i + 1, title, engine: server.rules.model, status: 'complete' },
      evidence: [{ kind: 'page', page: i + 1, text: quote }],
    })),
  );

  const again = await run(['index', file, '--plan', '--force']);
  expect(again.stdout).toMatch(/index {3}pump\.pdf {2}3 pages, 1 window.*from earlier runs on this machine/s);

  server.pieces = ['The red button [2].\nQUOTES\n[2] "The red button stops the pump at once"'];
  const asked = JSON.parse((await run(['ask', 'How do I stop the pump?', '--json'])).stdout) as object;
  expect(asked).toMatchObject({
    answer: 'The red button [1].',
    citations: [{ page: 2, quote: 'The red button stops the pump at once', verified: true }],
  });

  const overview = 'Das Handbuch erklärt, wie man die Pumpe startet und anhält, und wie man den Filter reinigt.';
  const chapters = [{ chapter: 3, title: 'Die Pflege', summary: overview }];
  server.pieces = [
    JSON.stringify({ overview, keyPoints: [{ text: 'Der Filter wird gereinigt.', event: 3 }], chapters }),
  ];
  const summary = JSON.parse((await run(['summarize', 'pump.pdf', '--lang', 'de', '--json'])).stdout) as object;
  expect(summary).toMatchObject({
    ...{ overview, lang: 'de', keyPoints: [{ text: 'Der Filter wird gereinigt.', page: 3 }] },
    chapters: [{ title: 'Starting' }, { title: 'Stopping' }, { title: 'Die Pflege', page: 3 }],
  });
  const inFrench = await run(['summarize', 'pump.pdf', '--lang', 'fr']);
  expect(inFrench.stderr).toContain('it is written in German, not in French');
});
