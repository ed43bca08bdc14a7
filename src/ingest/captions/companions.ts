// The caption files that lie beside a video or a recording: `talk.mp4` with `talk.vtt`, `talk.en.srt`,
// `talk.en.forced.srt`, `talk_captions_de.vtt`. What follows the stem must be languages and roles, nothing else, so that
// `talk-2.vtt` is not taken for a caption of `talk.mp4`.
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { canonicalLanguage } from './language-code.ts';

export type CaptionRole = 'captions' | 'auto' | 'forced' | 'descriptions' | 'chapters' | 'metadata';

export interface CompanionCaptions {
  readonly path: string;
  /** BCP 47 code from the file's name; undefined where it names none. */
  readonly lang: string | undefined;
  readonly role: CaptionRole;
}

const EXTENSIONS = ['.vtt', '.webvtt', '.srt', '.ass', '.ssa', '.sbv', '.json3', '.json'];

/** Name part -> role. Parts that say nothing about the role (`subtitles`, `sdh`) are captions. */
const ROLES: Readonly<Record<string, CaptionRole>> = {
  captions: 'captions',
  caption: 'captions',
  subtitles: 'captions',
  subtitle: 'captions',
  subs: 'captions',
  sub: 'captions',
  transcript: 'captions',
  whisper: 'captions',
  cc: 'captions',
  sdh: 'captions',
  hi: 'captions',
  default: 'captions',
  orig: 'captions',
  auto: 'auto',
  asr: 'auto',
  generated: 'auto',
  forced: 'forced',
  foreign: 'forced',
  descriptions: 'descriptions',
  description: 'descriptions',
  described: 'descriptions',
  chapters: 'chapters',
  chapter: 'chapters',
  metadata: 'metadata',
  meta: 'metadata',
};
/** From whole captions to what is not speech at all; forced subtitles cover only foreign passages. */
const ROLE_ORDER: readonly CaptionRole[] = ['captions', 'auto', 'forced', 'descriptions', 'metadata', 'chapters'];

/** All companions, best first: captions before other roles, then `prefer`'s language, then no language in the name. */
export async function findCompanionCaptions(mediaPath: string, prefer?: string): Promise<CompanionCaptions[]> {
  const folder = dirname(mediaPath);
  const base = basename(mediaPath);
  const stem = base.slice(0, base.length - extname(base).length);
  const names = await readdir(folder);
  const found = names.flatMap((name) => {
    const parsed = name === base ? undefined : (parseCompanionName(name, base) ?? parseCompanionName(name, stem));
    return parsed === undefined ? [] : [{ path: join(folder, name), ...parsed }];
  });
  const wanted = canonicalLanguage(prefer)?.split('-', 1)[0];
  const rank = (one: CompanionCaptions): number[] => [
    ROLE_ORDER.indexOf(one.role),
    wanted !== undefined && one.lang?.split('-', 1)[0] === wanted ? 0 : one.lang === undefined ? 1 : 2,
    EXTENSIONS.indexOf(extname(one.path).toLowerCase()),
  ];
  return found.sort((a, b) => compare(rank(a), rank(b)) || (a.path < b.path ? -1 : 1));
}

/** Language and role from the end of any caption file's name: `talk.pt-BR.forced.srt`. */
export function parseCaptionName(path: string): { lang: string | undefined; role: CaptionRole } {
  const name = basename(path);
  const parts = name.slice(0, name.length - extname(name).length).split(/[._\s]+/);
  let lang: string | undefined;
  let role: CaptionRole = 'captions';
  // From the end, as long as the parts are languages and roles; the first part is the name itself.
  for (const part of parts.slice(1).reverse()) {
    const read = readPart(part, lang);
    if (read === undefined) break;
    lang = read.lang ?? lang;
    role = read.role ?? role;
  }
  return { lang, role };
}

/** Whether a file's name makes it a companion of a media file with this stem, and of what kind; undefined where not. */
export function parseCompanionName(
  name: string,
  stem: string,
): { lang: string | undefined; role: CaptionRole } | undefined {
  const extension = extname(name);
  if (!EXTENSIONS.includes(extension.toLowerCase()) || !name.startsWith(stem)) return undefined;
  const rest = name.slice(stem.length, name.length - extension.length);
  if (rest !== '' && !/^[._\-\s([]/.test(rest)) return undefined;
  let lang: string | undefined;
  let role: CaptionRole = 'captions';
  for (const part of rest.split(/[._\s()[\]]+|(?<![a-z]{2,3})-|-(?![a-z]{2,4}\b)/i).filter((one) => one !== '')) {
    const read = readPart(part, lang);
    if (read === undefined) return undefined;
    lang = read.lang ?? lang;
    role = read.role ?? role;
  }
  return { lang, role };
}

/** `hi` is Hindi, unless the name has given a language already: then it means "hearing impaired". */
function readPart(part: string, lang: string | undefined): { lang?: string; role?: CaptionRole } | undefined {
  const role = ROLES[part.toLowerCase()];
  if (role !== undefined && (part.toLowerCase() !== 'hi' || lang !== undefined)) return { role };
  const code = canonicalLanguage(part);
  return code === undefined ? undefined : { lang: code };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - b[i]!;
  return 0;
}
