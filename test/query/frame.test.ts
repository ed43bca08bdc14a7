import { describe, expect, test } from 'vitest';
import { frameOf } from '../../src/query/frame.ts';

const frame = (query: string) => [...frameOf(query)].join(' ');

describe('the frame of a request', () => {
  test('is what asks for an account, up to its topic', () => {
    expect(frame('Summarize the discussion about the XML format')).toBe('summarize the discussion about');
    expect(frame('Describe backpropagation')).toBe('describe');
    expect(frame("What's the conclusion on the age group?")).toBe("what's the conclusion on");
    expect(frame('What was said about housing?')).toBe('what was said about');
  });

  test('is the verb of saying where somebody is asked about, and the occasion', () => {
    expect(frame('What did the professor think about hiring?')).toBe('think');
    expect(frame('What did Anna Lee recommend when discussing prices?')).toBe('when discussing recommend');
  });

  test('is empty in other questions and in topics', () => {
    expect(frame('What does the loss function do?')).toBe('');
    expect(frame('how to summarize a table')).toBe('');
    expect(frame('discussion of results')).toBe('');
    expect(frame('How do neural networks think?')).toBe('');
  });
});
