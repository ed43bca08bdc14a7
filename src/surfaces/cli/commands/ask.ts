// lectern ask: an answer made of checked quotes, each with its second or page; or an honest "not in here".
import path from 'node:path';
import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../../../config.ts';
import { UsageError } from '../../../errors.ts';
import type { Answer } from '../../../query/answer.ts';
import type { SourceKind } from '../../../store/library.ts';
import { answerJson } from '../../json.ts';
import {
  collect,
  configOf,
  forExample,
  sourceKindOption,
  withCommonOptions,
  withLibraryToRead,
  type CommonOptions,
} from '../common.ts';
import { placeText, zoomText } from '../hit-text.ts';
import { abortOnSignals } from '../interrupt.ts';
import { sourceIdsOf } from '../look-up-source.ts';
import { wholeNumber } from '../numbers.ts';
import { hint, hintIfEmpty, print, printJson } from '../print.ts';
import { bold, dim, inLine, printable, wrap } from '../style-text.ts';
import { zoomInto, ZOOM } from '../zoom.ts';

interface AskOptions extends CommonOptions {
  readonly source?: string[];
  readonly kind?: SourceKind;
  readonly limit: number;
  readonly queries?: string;
  readonly engine?: EngineName;
  readonly model?: string;
  readonly stream?: boolean;
  readonly wordsOnly?: boolean;
  readonly zoom?: boolean;
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
  if ((question.trim() === '') === (options.queries === undefined)) {
    throw new UsageError(
      'Give either a question or --queries FILE',
      'For example: lectern ask "How do I set the x range?"',
    );
  }
  const config = configOf(options, { engine: options.engine, model: options.model });
  const { signal } = abortOnSignals();
  await withLibraryToRead(config, options, async (library) => {
    const { openEngine } = await import('../../../../pipelines/open-engine.ts');
    await using engine = await openEngine(config, { signal });
    const { openMeaning } = await import('../../../../pipelines/embed-meaning.ts');
    await using meaning = options.wordsOnly ? undefined : await openMeaning(library, config);
    if (engine.remark !== undefined) hint(engine.remark, options);
    const { limit, kind } = options;
    const answer = async (question: string, sourceIds: string[] | undefined, onText?: (piece: string) => void) => {
      const answered = await engine.answer(library, { question, sourceIds, kind, limit, meaning, onText, signal });
      if (!options.zoom) return answered;
      return { ...answered, citations: await zoomInto(library, engine, answered.citations, question, signal) };
    };
    const sourceIds = await sourceIdsOf(library, options.source);
    if (options.queries !== undefined) {
      const { answerLines } = await import('../query-lines.ts');
      process.exitCode = await answerLines(options.queries, async ({ query, source }) => {
        signal.throwIfAborted();
        const ids = source === undefined ? sourceIds : await sourceIdsOf(library, [source]);
        return answerJson(await answer(query, ids));
      });
      return;
    }
    using stream = options.stream && !options.json ? new AnswerStream() : undefined;
    const result = await answer(question, sourceIds, stream && ((piece) => stream.write(piece)));
    if (options.json) printJson(answerJson(result));
    else printAnswer(result, stream?.end() ?? false);
    if (result.abstained) await hintIfEmpty(library, options);
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
