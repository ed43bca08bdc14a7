// --plan for people and for programs.
import path from 'node:path';
import type { IndexPlan, PlannedInput } from '../../../pipelines/plan-index.ts';
import { formatClock } from '../../time.ts';
import { print, printJson, type CommonOptions } from './common.ts';
import { dim } from './style-text.ts';

export function printPlan(plan: IndexPlan, options: CommonOptions): void {
  if (options.json) return printJson({ type: 'plan', ...plan });
  for (const input of plan.inputs) print(line(input));
  const minutes =
    plan.estimatedSec < 90 ? `${Math.ceil(plan.estimatedSec)} s` : `${Math.ceil(plan.estimatedSec / 60)} min`;
  const from =
    plan.rates.origin === 'measured'
      ? 'from earlier runs on this machine'
      : 'from default rates; a first run measures this machine';
  print(`Engine ${plan.engine}; about ${minutes} in all (${from}). Nothing was done.`);
}

function line({ path: file, action, durationSec, frames, pages, estimatedSec, error }: PlannedInput): string {
  const name = path.basename(file);
  if (error) return `refuse  ${name}  ${error.message}`;
  if (action === 'skip') return `skip    ${name}  unchanged`;
  const size =
    durationSec !== null
      ? `${formatClock(durationSec * 1000)}, ${frames ?? 0} frames`
      : pages !== null
        ? `${pages} pages`
        : 'captions';
  return `index   ${name}  ${size}  ${dim(`about ${Math.ceil(estimatedSec)} s`)}`;
}
