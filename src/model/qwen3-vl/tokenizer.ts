// Text <-> token ids of a Qwen2 tokenizer, id for id as the reference library. Added tokens are cut out here, so that text
// can be marked as never holding any; what lies between them goes to @huggingface/tokenizers (NFC, split, byte pairs).
// Decoding works on bytes here, because a token need not end where a character does.
import * as library from '@huggingface/tokenizers';
import { CheckpointError } from './checkpoint-error.ts';
import { BYTE_CHARACTERS, tokenToBytes } from './byte-alphabet.ts';
import { QWEN2_PATTERN, readTokenizerDefinition, type AddedToken, type TokenizerDefinition } from './tokenizer-file.ts';

// The library's declarations import without extensions, which `module: nodenext` doesn't resolve; this is what is used of it.
interface PlainTokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}
const PlainTokenizer = (library as unknown as { Tokenizer: new (json: object, config: object) => PlainTokenizer })
  .Tokenizer;

/**
 * Put after the first character of what merely looks like an added token (`markLiteral`): a noncharacter, which no text
 * carries. It keeps the token from being recognised and is taken out before the text is split.
 */
const LITERAL_MARK = '\ufdd0';

/** Characters from which on a text's ids are remembered: a prompt is counted before it runs, and its evidence comes again. */
const LONG_TEXT = 2048;
const LONG_TEXTS = 64;

export class Tokenizer {
  /** One more than the largest id; the model's logits may have more rows, which no text uses. */
  readonly size: number;
  readonly eosTokenId: number | undefined;
  readonly #plain: PlainTokenizer;
  readonly #tokenBytes: (Uint8Array | undefined)[] = [];
  readonly #added: ReadonlyMap<string, AddedToken>;
  readonly #addedIds: ReadonlySet<number>;
  readonly #specialIds: ReadonlySet<number>;
  readonly #addedPattern: RegExp;
  /** Ids of the long texts encoded last, least recently used first. */
  readonly #longTexts = new Map<string, readonly number[]>();

  /** Throws CheckpointError where the vocabulary lacks a byte or a merge's parts. */
  constructor({ vocab, merges, addedTokens, eosToken }: TokenizerDefinition) {
    const fail = (message: string) => new CheckpointError('CHECKPOINT_TOKENIZER', 'tokenizer', message);
    const lost = BYTE_CHARACTERS.findIndex((character) => !vocab.has(character));
    if (lost >= 0) throw fail(`has no token for byte ${lost}`);
    const orphan = merges.find(([left, right]) => !vocab.has(left) || !vocab.has(right) || !vocab.has(left + right));
    if (orphan) throw fail(`merges ${orphan.join(' and ')}, which are not all in the vocabulary`);
    const utf8 = new TextEncoder();
    for (const [token, id] of vocab) this.#tokenBytes[id] = tokenToBytes(token) ?? utf8.encode(token);
    for (const { id, content } of addedTokens) this.#tokenBytes[id] = utf8.encode(content);
    this.size = this.#tokenBytes.length;
    this.#plain = new PlainTokenizer(plainPipeline(vocab, merges), {});
    this.#added = new Map(addedTokens.map((token) => [token.content, token]));
    this.#addedIds = new Set(addedTokens.map((token) => token.id));
    this.#specialIds = new Set(addedTokens.filter((token) => token.special).map((token) => token.id));
    // Leftmost, then longest, as the reference's automaton matches.
    const contents = [...this.#added.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
    this.#addedPattern = new RegExp(contents.join('|') || '(?!)', 'gu');
    this.eosTokenId = eosToken === undefined ? undefined : this.#added.get(eosToken)?.id;
  }

  /** Ids of a text in which added tokens such as `<|im_start|>` count as tokens, except where marked literal. */
  encode(text: string): number[] {
    const ids: number[] = [];
    let end = 0;
    for (const match of text.matchAll(this.#addedPattern)) {
      this.#encodePlain(text.slice(end, match.index), ids);
      ids.push(this.#added.get(match[0])!.id);
      end = match.index + match[0].length;
    }
    this.#encodePlain(text.slice(end), ids);
    return ids;
  }

  /**
   * User text that `encode` will read as plain text whatever it contains: a slide that shows `<|image_pad|>` must not
   * become a picture. To be applied before the text enters a template.
   */
  markLiteral(text: string): string {
    const clean = text.replaceAll(LITERAL_MARK, '');
    return clean.replace(this.#addedPattern, (token) => {
      const first = String.fromCodePoint(token.codePointAt(0)!);
      return first + LITERAL_MARK + token.slice(first.length);
    });
  }

  /** The id of an added token by its content. */
  addedTokenId(content: string): number | undefined {
    return this.#added.get(content)?.id;
  }

  /** Whether an id is an added token, special or not: its text is a name, not something to spell words with. */
  isAdded(id: number): boolean {
    return this.#addedIds.has(id);
  }

  /** Whether an added token is left out of decoded text. */
  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  /** The bytes that a token stands for: not always whole characters. Undefined for an id without a token. */
  tokenBytes(id: number): Uint8Array | undefined {
    return this.#tokenBytes[id];
  }

  /** Text of whole ids; half characters become U+FFFD. Special tokens are left out unless `keepSpecial`. */
  decode(ids: Iterable<number>, { keepSpecial = false } = {}): string {
    const decoder = new StreamDecoder(this, { keepSpecial });
    let text = '';
    for (const id of ids) text += decoder.push(id);
    return text + decoder.end();
  }

  #encodePlain(text: string, out: number[]): void {
    const plain = text.replaceAll(LITERAL_MARK, '');
    if (plain === '') return;
    for (const id of plain.length < LONG_TEXT ? this.#plain.encode(plain).ids : this.#encodeLong(plain)) out.push(id);
  }

  #encodeLong(text: string): readonly number[] {
    const ids = this.#longTexts.get(text) ?? this.#plain.encode(text).ids;
    this.#longTexts.delete(text);
    this.#longTexts.set(text, ids);
    if (this.#longTexts.size > LONG_TEXTS) this.#longTexts.delete(this.#longTexts.keys().next().value!);
    return ids;
  }
}

/** Ids in, text out as soon as it is certain: a character split over tokens comes when its last byte has come. */
export class StreamDecoder {
  readonly #tokenizer: Tokenizer;
  readonly #keepSpecial: boolean;
  // Without ignoreBOM a leading U+FEFF would vanish from the text.
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(tokenizer: Tokenizer, { keepSpecial = false } = {}) {
    this.#tokenizer = tokenizer;
    this.#keepSpecial = keepSpecial;
  }

  push(id: number): string {
    if (!this.#keepSpecial && this.#tokenizer.isSpecial(id)) return '';
    const bytes = this.#tokenizer.tokenBytes(id);
    return bytes ? this.#utf8.decode(bytes, { stream: true }) : '';
  }

  /** What is left at the end: U+FFFD for a character that never became whole. */
  end(): string {
    return this.#utf8.decode();
  }
}

/** The tokenizer of a checkpoint folder. Throws CheckpointError. */
export async function readTokenizer(folder: string): Promise<Tokenizer> {
  return new Tokenizer(await readTokenizerDefinition(folder));
}

/** tokenizer.json's pipeline without its added tokens, as the library takes it. */
function plainPipeline(vocab: TokenizerDefinition['vocab'], merges: TokenizerDefinition['merges']): object {
  return {
    added_tokens: [],
    normalizer: { type: 'NFC' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: QWEN2_PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', vocab: Object.fromEntries(vocab), merges, ignore_merges: false, byte_fallback: false },
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
