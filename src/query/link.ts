// A link that opens a place: Media Fragments for time (https://www.w3.org/TR/media-frags/ section 4.2.1, `#t=75,90`, in
// seconds, half-open) and the PDF open parameter `#page=12` (1-based), on a percent-encoded file URL.
import { pathToFileURL } from 'node:url';
import { msToSec } from '../time.ts';

export function linkTimes(path: string, startMs: number, endMs: number): string {
  return `${fileUrl(path)}#t=${msToSec(Math.round(startMs))},${msToSec(Math.round(endMs))}`;
}

/** @param pageIndex 0-based */
export function linkPage(path: string, pageIndex: number): string {
  return `${fileUrl(path)}#page=${pageIndex + 1}`;
}

function fileUrl(path: string): string {
  return pathToFileURL(path).href;
}
