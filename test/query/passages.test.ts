import { describe, expect, it } from 'vitest';
import type { Candidates } from '../../src/query/candidates.ts';
import type { EvidenceSentence } from '../../src/query/evidence.ts';
import type { Hit } from '../../src/query/hit.ts';
import { Matcher } from '../../src/query/match.ts';
import { parseQuery } from '../../src/query/parse-query.ts';
import { bestPassage } from '../../src/query/passages.ts';
import { toQueryTerms } from '../../src/query/query-terms.ts';
import { kindOfQuestion } from '../../src/query/question.ts';
import { sharesOf } from '../../src/query/read-sentence.ts';

const hit: Hit = {
  source: { id: 's', path: '/talk.vtt', kind: 'transcript', title: 'Talk', lang: 'en' },
  ...{ startMs: 0, endMs: 60_000, pageIndex: null, pageLabel: null },
  ...{ title: 'Talk', text: '', snippet: '', score: 1, link: '' },
};

function candidatesOf(question: string): Candidates {
  const query = parseQuery(question);
  const terms = toQueryTerms(query);
  const weights = { library: terms.map(() => 3), factors: terms.map(() => 1) };
  const matcher = new Matcher(terms);
  const sequence = terms.map((_, i) => i);
  return { query, terms, weights, rarest: 3, matcher, phrases: [], sequence, bySource: new Map() };
}

/** What is quoted of sentences said one after the other; `>` before one marks code. */
function quoteFor(question: string, ...said: string[]): string[] {
  const candidates = candidatesOf(question);
  const sentences = said.map((text, i): EvidenceSentence => {
    const form = text.startsWith('>') ? 'fragment' : text.endsWith('?') ? 'question' : 'statement';
    const place = { startMs: i * 5000, endMs: i * 5000 + 4900, pageIndex: null, pageLabel: null };
    return { text: text.replace(/^>/, ''), ...place, heading: 'Talk', form, isContinued: true };
  });
  const asked = { kind: kindOfQuestion(question), candidates, shares: sharesOf(candidates) };
  return bestPassage({ hit, sentences }, 1, asked)?.sentences.map(({ text }) => text) ?? [];
}

describe('sharesOf', () => {
  it('asks for topics, little for words without one, nothing for function words', () => {
    const [what, happens, rate] = sharesOf(candidatesOf('what happens rate'));
    expect(what).toBe(0);
    expect(happens!).toBeLessThan(0.5 * rate!);
  });
});

describe('bestPassage', () => {
  it('prefers the sentence that defines a term to one that uses it', () => {
    const uses = 'A batch of thirty gives us many updates per epoch in this case.';
    const defines = 'One pass through the whole data set is called an epoch.';
    expect(quoteFor('What is an epoch?', uses, defines)).toEqual([defines]);
  });
  it('does not quote the question that somebody asks, but what follows it', () => {
    const answer = 'Hold some data back and watch the loss on it all the time.';
    expect(quoteFor('When should training stop?', 'When should the training stop?', answer)).toEqual([answer]);
  });
  it('prefers words that stand together as in the question to the same words apart', () => {
    const apart = 'The net has an income of its own, and every share of it is small.';
    const together = 'We divide the net income by the number of shares.';
    expect(quoteFor('Is net income shared?', apart, together)).toEqual([together]);
  });
  it('quotes what a sentence leans on with it', () => {
    const first = 'Clipping bounds the norm of every gradient that is computed.';
    const second = 'It prevents that gradients explode in deep networks at all.';
    expect(quoteFor('What prevents gradients from exploding?', first, second)).toEqual([first, second]);
  });
  it('takes code after the sentence that announces it, and nowhere else', () => {
    const announced = 'To enable the scaling of one axis:';
    expect(quoteFor('How do I enable scaling of an axis?', announced, '>set logscale y')).toEqual([
      announced,
      'set logscale y',
    ]);
    const whole = 'The command enables the scaling of one axis.';
    expect(quoteFor('How do I enable scaling of an axis?', whole, '>unset y')).toEqual([whole]);
  });
  it('prefers the first sentence of a section that is called what is asked for', () => {
    const place = { startMs: null, endMs: null, pageIndex: 3, pageLabel: null, isContinued: true };
    const sentences: EvidenceSentence[] = [
      { ...place, text: 'Note that the grid stays behind the curves.', heading: 'Layers', form: 'statement' },
      {
        ...place,
        text: 'The grid lines are set at all tics by this command.',
        heading: 'Grid',
        form: 'statement',
        isLead: true,
      },
    ];
    const question = 'How do I draw a grid?';
    const candidates = candidatesOf(question);
    const asked = { kind: kindOfQuestion(question), candidates, shares: sharesOf(candidates) };
    expect(bestPassage({ hit, sentences }, 1, asked)!.sentences[0]!.heading).toBe('Grid');
  });
  it('prefers how to reach what is asked for to how to undo it', () => {
    const place = { startMs: null, endMs: null, pageIndex: 3, pageLabel: null, isContinued: false, heading: 'Axes' };
    const steps = ['To disable log scaling of an axis:', 'To enable log scaling of both the axes:'];
    const sentences = steps.map((text): EvidenceSentence => ({ ...place, text, form: 'statement' }));
    const quoteOf = (question: string) => {
      const candidates = candidatesOf(question);
      const asked = { kind: kindOfQuestion(question), candidates, shares: sharesOf(candidates) };
      return bestPassage({ hit, sentences }, 1, asked)!.sentences[0]!.text;
    };
    expect(quoteOf('How do I make an axis logarithmic?')).toBe(steps[1]);
    expect(quoteOf('How do I disable a logarithmic axis?')).toBe(steps[0]);
  });
  it('counts the verb of a how-to question as said where a section is about all that it asks for', () => {
    const place = { startMs: null, endMs: null, pageIndex: 3, pageLabel: null, isContinued: false };
    const text = 'The set key command enables a key, which may be turned off.';
    const coverageOf = (heading: string, isLead: boolean) => {
      const candidates = candidatesOf('How do I hide the key?');
      const asked = { kind: 'how-to' as const, candidates, shares: sharesOf(candidates) };
      return bestPassage({ hit, sentences: [{ ...place, text, heading, form: 'statement', isLead }] }, 1, asked)!
        .coverage;
    };
    expect(coverageOf('Key', true)).toBeGreaterThan(coverageOf('Plots', true));
    expect(coverageOf('Key', true)).toBeGreaterThan(coverageOf('Key', false));
  });
});
