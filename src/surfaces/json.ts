// From the rooms' own types to the JSON of the contract: seconds as numbers (milliseconds precise), 1-based pages.
import type { Chapter, Event, KeyPoint, Place } from '../events/event.ts';
import type { Answer } from '../query/answer.ts';
import type { Citation } from '../query/citations.ts';
import type { Hit, HitPlace, Zoom } from '../query/hit.ts';
import type { SearchAnswer } from '../query/search.ts';
import type { SourceRecord } from '../store/library.ts';
import { msToSec } from '../time.ts';

function placeJson(place: Place) {
  return place.kind === 'time'
    ? { start: msToSec(place.startMs), end: msToSec(place.endMs), page: null }
    : { start: null, end: null, page: place.pageIndex + 1, endPage: place.endPageIndex };
}

/** The short form that stands beside a summary, chapters or events. */
export function sourceRefJson(source: SourceRecord) {
  return { id: source.id, path: source.path, kind: source.kind, title: source.title };
}

export function sourceJson(source: SourceRecord, status: string = source.status) {
  return {
    ...sourceRefJson(source),
    duration: source.durationMs === null ? null : msToSec(source.durationMs),
    pages: source.numPages,
    events: source.numEvents,
    status,
    error: source.error,
    engine: source.engine,
    lang: source.lang,
    indexedAt: source.indexedAt.toISOString(),
    ...(source.video && { video: source.video }),
  };
}

export function chapterJson(chapter: Chapter) {
  return { ...placeJson(chapter.place), title: chapter.title, summary: chapter.summary };
}

export function eventJson(event: Event) {
  return {
    ...placeJson(event.place),
    title: event.title,
    summary: event.summary,
    evidence: event.evidence.map((item) => {
      switch (item.kind) {
        case 'quote':
          return { kind: item.kind, start: msToSec(item.startMs), end: msToSec(item.endMs), text: item.text };
        case 'page':
          return { kind: item.kind, page: item.pageIndex + 1, text: item.text };
        case 'slide':
          return { kind: item.kind, slide: item.slideIndex + 1, state: item.stateIndex + 1, text: item.text };
        case 'shown':
          return item;
      }
    }),
    engine: event.engine,
    status: event.status,
    ...(event.note !== undefined && { note: event.note }),
  };
}

export function keyPointJson(point: KeyPoint) {
  const { start, page } = placeJson(point.place);
  return { text: point.text, start, page };
}

function hitPlaceJson({ startMs, endMs, pageIndex, pageLabel, zoom }: HitPlace) {
  return {
    start: startMs === null ? null : msToSec(Math.round(startMs)),
    end: endMs === null ? null : msToSec(Math.round(endMs)),
    page: pageIndex === null ? null : pageIndex + 1,
    pageLabel,
    ...(zoom !== undefined && { zoom: zoom && zoomJson(zoom) }),
  };
}

function zoomJson({ fromMs, pts, timeBase, engine }: Zoom) {
  return { from: msToSec(Math.round(fromMs)), pts, timeBase: `${timeBase.num}/${timeBase.den}`, engine };
}

function hitJson({ source, title, text, snippet, score, link, ...place }: Hit) {
  return { source, ...hitPlaceJson(place), title, text, snippet, score, link };
}

export function searchJson({ query, noMatch, hits }: SearchAnswer) {
  return { query, noMatch, hits: hits.map(hitJson) };
}

function citationJson({ source, title, link, quote, verified, ...place }: Citation) {
  return { source, ...hitPlaceJson(place), title, link, quote, verified };
}

export function answerJson({ question, answer, abstained, citations, engine, usage }: Answer) {
  return { question, answer, abstained, citations: citations.map(citationJson), engine, usage };
}
