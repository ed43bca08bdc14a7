// A window of pages to the messages that a model reads: each page's marker, text and picture, the instruction last.
import type { ChatMessage, ChatPart, Picture } from '../model/chat/chat-model.ts';
import { userMessages } from '../model/chat/messages.ts';
import { pageText, type ShownPage } from './document-pages.ts';
import type { WindowText } from './window-messages.ts';

/** Pictures by 0-based page; none of pages that could not be drawn or are blank. */
export type PageMedia = ReadonlyMap<number, Picture>;

export function pageMessages(
  pages: readonly ShownPage[],
  media: PageMedia,
  { system, instruction }: WindowText,
): ChatMessage[] {
  const content: ChatPart[] = [];
  let text = '';
  for (const page of pages) {
    text += pageText(page);
    const picture = media.get(page.pageIndex);
    if (picture === undefined) continue;
    content.push({ type: 'text', text }, { type: 'image', picture });
    text = '\n';
  }
  content.push({ type: 'text', text: text + instruction });
  return userMessages(system, content);
}
