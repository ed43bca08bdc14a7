// What captions note that nobody says: `[Applause]`, `(door slams)`, `♪ music ♪`, `[points to slide]`. It stays in the
// cues, because people search for it; titles, sentences and summaries are made without it.

const BRACKETED =
  /\[[^\]]{0,80}\]|［[^］]{0,80}］|【[^】]{0,80}】|\{[^}]{0,80}\}|♪[^♪]*♪|♫[^♫]*♫|[♪♫♬]+|\*[^*\s][^*]{0,60}\*/g;
const PARENTHESES = /\([^)]{0,80}\)|（[^）]{0,80}）/g;

/** Whether the whole text is a sound or a stage direction. */
export function isSound(text: string): boolean {
  return text.trim() !== '' && !/[\p{L}\p{N}]/u.test(text.replace(BRACKETED, ' ').replace(PARENTHESES, ' '));
}

/** The text without its sounds and stage directions; parentheses inside speech are speech and stay. */
export function withoutSounds(text: string): string {
  if (isSound(text)) return '';
  return text
    .replace(BRACKETED, ' ')
    .replace(/\s+([,.;:!?])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}
