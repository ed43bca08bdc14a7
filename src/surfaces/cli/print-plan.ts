// --plan for people and for programs.
import path from 'node:path';
import type { EngineEstimate } from '../../../pipelines/engine.ts';
import type { IndexPlan, PlannedInput } from '../../../pipelines/plan-index.ts';
import { byteText } from '../../byte-text.ts';
import { formatClock } from '../../time.ts';
import type { CommonOptions } from './common.ts';
import { print, printJson } from './print.ts';
import { counted, dim, inLine } from './style-text.ts';

export function printPlan(plan: IndexPlan, options: CommonOptions): void {
  if (options.json) return printJson({ type: 'plan', ...plan });
  for (const input of plan.inputs) print(line(input));
  const models = plan.inputs.flatMap(({ model }) => model ?? []);
  for (const [name, estimates] of Map.groupBy(models, (model) => model.name)) print(modelLine(name, estimates));
  for (const choice of plan.choices) print(choice);
  const from =
    plan.rates.origin === 'measured' && models.every(({ rate }) => rate === 'measured')
      ? 'from earlier runs on this machine'
      : 'from default rates; a first run measures this machine';
  print(`Engine ${plan.engine}; about ${duration(plan.estimatedSec)} in all (${from}). Nothing was done.`);
}

/** `lectern-slides-26m: 14 windows, 39800 tokens; weights 23.2 MB, keys and values of the largest window 49.4 MB (3.8K of 262K tokens)` */
function modelLine(name: string, models: readonly EngineEstimate[]): string {
  const sum = (field: 'windows' | 'promptTokens') => models.reduce((total, model) => total + model[field], 0);
  const [largest] = models.toSorted((a, b) => b.windowTokens - a.windowTokens);
  const { weightBytes, kvBytes, windowTokens, contextTokens, slides } = largest!;
  const memory =
    weightBytes === null || kvBytes === null
      ? 'on its server'
      : `weights ${byteText(weightBytes)}, keys and values of the largest window ${byteText(kvBytes)}`;
  const assumed =
    (slides === 'assumed' ? '; two slides a minute assumed' : '') +
    (models.some(({ readPages }) => readPages !== undefined) ? '; of long documents some pages were looked at' : '');
  const keeps = models.flatMap(({ kept }) => kept ?? []);
  const [limit] = keeps;
  const keptBytes = Math.min(
    limit?.limitBytes ?? 0,
    keeps.reduce((total, { bytes }) => total + bytes, 0),
  );
  const kept = limit ? `; keeps ${byteText(keptBytes)} of ${byteText(limit.limitBytes)} for questions` : '';
  return `${name}: ${counted(sum('windows'), 'window')}, ${sum('promptTokens')} tokens; ${memory} (${windowTokens} of ${contextTokens} tokens)${kept}${assumed}`;
}

function line(input: PlannedInput): string {
  const { path: file, action, durationSec, frames, pages, estimatedSec, model, vectors, error } = input;
  const name = inLine(path.basename(file));
  if (error) return `refuse  ${name}  ${inLine(`${error.message.replace(/\.$/, '')}. ${error.remedy}`)}`;
  if (action === 'skip') return `skip    ${name}  unchanged`;
  const size =
    durationSec !== null
      ? `${formatClock(durationSec * 1000)}, ${frames ?? 0} frames`
      : pages !== null
        ? counted(pages, 'page')
        : 'captions';
  const windows = model ? `, ${counted(model.windows, 'window')}, ${model.promptTokens} tokens` : '';
  const places = vectors ? `, ${counted(vectors.places, 'vector')}` : '';
  return `index   ${name}  ${size}${windows}${places}  ${dim(`about ${duration(estimatedSec)}`)}`;
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
