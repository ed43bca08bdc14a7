// Messages taken apart and put together.
import type { ChatMessage, ChatPart } from './chat-model.ts';

/** What a user says, behind the system's text where there is one. */
export function userMessages(system: string | undefined, content: readonly ChatPart[]): ChatMessage[] {
  return [...(system ? [{ role: 'system' as const, content: system }] : []), { role: 'user', content }];
}

export function partsOf({ content }: ChatMessage): readonly ChatPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Texts that follow one another as one. */
export function joinTexts<Part extends { readonly type: string }>(
  parts: readonly (Part | TextPart)[],
): (Part | TextPart)[] {
  const joined: (Part | TextPart)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (isText(part) && last && isText(last)) joined[joined.length - 1] = { ...part, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}

type TextPart = ChatPart & { readonly type: 'text' };

function isText(part: { readonly type: string }): part is TextPart {
  return part.type === 'text';
}
