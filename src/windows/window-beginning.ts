// What a window's prompt begins with, whatever is asked of it: kept in words, with its pictures by their hashes, so that a later
// question about the window begins with the same tokens, without the file they came from.
import type { ChatMessage, ChatPart, Picture, RequestBeginning, SeenPicture } from '../model/chat/chat-model.ts';
import { partsOf, userMessages } from '../model/chat/messages.ts';

export interface WindowBeginning {
  readonly system: string | undefined;
  /** Pictures are ones that the model has seen. */
  readonly parts: readonly ChatPart[];
}

/** How much of a window's messages comes before its instruction, which ends the last text. */
export function beginningOf(messages: readonly ChatMessage[], instruction: string): RequestBeginning {
  const content = partsOf(messages.at(-1)!);
  const last = content.at(-1);
  const characters = last?.type === 'text' ? last.text.length - instruction.length : 0;
  return { messages: messages.length - 1, parts: content.length - 1, characters };
}

/** `pixelHashes`: of the report. undefined where pictures are not shown one by one, or not as pixels. */
export function rememberBeginning(
  messages: readonly ChatMessage[],
  { parts: numParts = 0, characters = 0 }: RequestBeginning,
  pixelHashes: readonly string[] = [],
): WindowBeginning | undefined {
  const [system] = messages.filter(({ role }) => role === 'system');
  const hashes = pixelHashes.values();
  const seen = (picture: Picture): SeenPicture | undefined => {
    const pixelHash = hashes.next().value;
    if ('encoded' in picture || pixelHash === undefined) return undefined;
    return { width: picture.width, height: picture.height, pixelHash };
  };
  const content = partsOf(messages.at(-1)!);
  const parts: ChatPart[] = [];
  for (const part of content.slice(0, numParts)) {
    if (part.type === 'text') parts.push(part);
    else if (part.type === 'frames' && part.frames.length > 1) return undefined;
    else {
      const frame = part.type === 'frames' ? part.frames[0]! : undefined;
      const picture = seen(part.type === 'image' ? part.picture : frame!.picture);
      if (!picture) return undefined;
      parts.push(frame ? { type: 'frames', frames: [{ ...frame, picture }] } : { type: 'image', picture });
    }
  }
  const last = content[numParts];
  const text = last?.type === 'text' ? last.text.slice(0, characters) : '';
  if (text !== '') parts.push({ type: 'text', text });
  return { system: typeof system?.content === 'string' ? system.content : undefined, parts };
}

/** A request that begins with a window. `ending` must not begin with white space: the last line's tokens would be others. */
export function messagesAbout(
  { system, parts }: WindowBeginning,
  ending: string,
): { readonly messages: ChatMessage[]; readonly reusable: RequestBeginning } {
  const last = parts.at(-1);
  const lastText = last?.type === 'text' ? last.text : '';
  const whole = lastText === '' ? parts : parts.slice(0, -1);
  const content: ChatPart[] = [...whole, { type: 'text', text: lastText + ending }];
  const messages = userMessages(system, content);
  return {
    messages,
    reusable: { messages: messages.length - 1, parts: whole.length, characters: lastText.length },
  };
}
