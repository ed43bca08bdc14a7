// lectern ask: an answer made of checked quotes, each with its second or page; or an honest "not in here".
import path from 'node:path';
import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../../../config.ts';
import type { Answer } from '../../../query/answer.ts';
import { answerJson } from '../../json.ts';
import { collect, forExample, sourceKindOption, withCommonOptions, withLectern } from '../common.ts';
import { placeText, zoomText } from '../hit-text.ts';
import { abortOnSignals } from '../interrupt.ts';
import { wholeNumber } from '../numbers.ts';
import { hint, hintIfCut, hintIfEmpty, print, printJson } from '../print.ts';
import { checkTextOrFile, readScope, ZOOM, type QueryOptions } from '../query-options.ts';
import { bold, dim, inLine, printable, wrap } from '../style-text.ts';

interface AskOptions extends QueryOptions {
  readonly engine?: EngineName;
  readonly model?: string;
  readonly stream?: boolean;
}

export function registerAsk(program: Command): void {
  withCommonOptions(
    program
      .command('ask')
      .description('answer a question with verbatim quotes and the places they stand at, or say that it is not in here')
      .addHelpText(
        'after',
        forExample('ask "How do I set the x range?"', 'ask "What does he call the step size?" --source talk.mp4'),
      )
      .argument('[question...]')
      .option('--source <source>', 'only from this source: id, path or file name (repeatable)', collect)
      .addOption(sourceKindOption())
      .option('--limit <n>', 'citations at most', wholeNumber('limit', 1, 100), 10)
      .option(...ZOOM)
      .option('--words-only', 'look for evidence by words alone, whatever models of meaning are installed')
      .option('--queries <file>', 'one question a line, or {"query","source"}; prints one JSON object a line')
      .addOption(new Option('--engine <engine>', 'what writes the answer').choices(ENGINES))
      .option('--model <name>', 'installed model that writes it (default: chosen by what it is for)')
      .option('--stream', 'print the answer as it is written'),
  ).action((words: string[], options: AskOptions) => runAsk(words.join(' '), options));
}

async function runAsk(question: string, options: AskOptions): Promise<void> {
  checkTextOrFile(question, options, 'question', 'lectern ask "How do I set the x range?"');
  const { engine, model, queries } = options;
  const { signal } = abortOnSignals();
  await withLectern(options, { engine, model }, async (lectern) => {
    const { remark } = await lectern.engine(signal);
    if (remark !== undefined) hint(remark, options);
    const scope = { ...(await readScope(lectern, options)), signal };
    if (queries !== undefined) {
      const { answerLines } = await import('../query-lines.ts');
      process.exitCode = await answerLines(queries, scope, async (...asked) => answerJson(await lectern.ask(...asked)));
      return;
    }
    hintIfCut(question, options);
    using stream = options.stream && !options.json ? new AnswerStream() : undefined;
    const onText = stream && ((piece: string) => stream.write(piece));
    const result = await lectern.ask(question, { ...scope, onText });
    if (options.json) printJson(answerJson(result));
    else printAnswer(result, stream?.end() ?? false);
    if (result.abstained) await hintIfEmpty(lectern, options);
  });
}

/** Writes an answer as it comes; where it breaks off, the line is ended all the same. */
class AnswerStream implements Disposable {
  #hasWritten = false;
  #isOpen = false;

  write(piece: string): void {
    this.#hasWritten = true;
    this.#isOpen = true;
    process.stdout.write(printable(piece, process.stdout));
  }

  /** Whether anything was written. */
  end(): boolean {
    this[Symbol.dispose]();
    return this.#hasWritten;
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) process.stdout.write('\n');
    this.#isOpen = false;
  }
}

function printAnswer({ answer, citations }: Answer, isWritten: boolean): void {
  if (!isWritten) for (const paragraph of answer.split('\n')) print(wrap(paragraph));
  citations.forEach((citation, index) => {
    const mark = citation.verified ? 'verified' : 'not found in the source';
    const place = `${bold(placeText(citation))}  ${inLine(path.basename(citation.source.path))}`;
    print(
      `\n[${index + 1}] ${place}  ${dim(mark + zoomText(citation))}\n${wrap(`“${citation.quote}”`, '    ')}\n    ${dim(citation.link)}`,
    );
  });
}
