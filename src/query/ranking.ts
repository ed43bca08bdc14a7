// Every number that ranking depends on, in one place: found on the questions of bench/quality.ts, each half of the sources
// checked on the other half. Global: nothing here knows a query or a source.

export interface Scale {
  /** Milliseconds in which an occurrence fades to 1/e. */
  widthMs: number;
  weight: number;
  /** `ahead`: only what follows counts, which puts the best score on the first word of an answer. `around`: both sides. */
  readonly side: 'ahead' | 'around';
}

export const RANKING = {
  // Words
  /** Weight of a function word, in units of a word as rare: it finds nothing, but tells two places with the same words apart. */
  stopWeight: 0.1,
  /** What a word that says nearly the same counts beside the query's own. */
  relatedShare: 0.2,
  /** And a compound that the word is the head of; all else that has to do with compounds counts like words that say nearly the same. */
  headedShare: 0.5,
  /** BM25's k1, of pages and moments: how many occurrences make half of what any number of them is worth. */
  saturation: 1.2,

  // Moments: how well a source answers from each time on
  /** Distances at which words count together in timed sources: a sentence, a paragraph, a topic. */
  scales: [
    { widthMs: 12_000, weight: 1, side: 'ahead' },
    { widthMs: 20_000, weight: 0.5, side: 'around' },
    { widthMs: 60_000, weight: 1.25, side: 'around' },
    { widthMs: 300_000, weight: 0.5, side: 'around' },
  ] as Scale[],
  /** Above this width k1 grows with the width, because more words fall under it. */
  saturationWidthMs: 40_000,
  /** What a kind of text adds to a term's frequency. Events and headings of a talk repeat what captions say. */
  kindWeight: { caption: 1, slide: 0.6, event: 0.09, heading: 0.09, page: 0 },
  /** Worth of two neighbouring words of the query said together, in units of their mean weight, and what together means. */
  spokenPairWeight: 0.4,
  spokenPairMs: 1_500,
  /** What the two count in the other order. */
  reversedPair: 0.5,
  /** Share that rarity within a talk has in a term's weight there, counted over spans of this length. */
  talkLocalRarity: 0.3,
  talkSpanMs: 30_000,
  /** What a term says about a talk as a whole, added to its moments; and what else the talk says about the query. */
  talkTermWeight: 0.8,
  aboutnessWeight: 0.3,
  /** Talks announce their topics before they treat them: this first share of a source counts less, rising to full weight. */
  announcementShare: 0.04,
  announcementPenalty: 0.3,
  /** And sum them up at their end: this last share counts less within a source, falling to that. */
  recapShare: 0.05,
  recapPenalty: 0.3,
  /** What a word counts that a speaker introduces, beside one said in passing. */
  introducedShare: 2,
  /** Beginnings near each other support each other: sharpness of the belief in each, what all belief is worth, how near. */
  consensusSharpness: 4.9,
  consensusWeight: 0.3,
  consensusMs: 150_000,
  /** What others say, where a query asks what somebody says. */
  otherSpeakers: 0.3,

  // Moments: from where to where
  /** Share of the source's duration that a stretch takes, and its limits. */
  stretchShare: 0.12,
  minStretchMs: 25_000,
  maxStretchMs: 600_000,
  /** A moment cut short by the next must keep this share of its stretch. */
  minStretchShare: 0.8,
  /** A turn that began at most this long before its matching words is shown from its beginning. */
  turnLeadMs: 30_000,

  // Pages
  /** Share that rarity within a document has in a term's weight there; the rest is rarity in the library. */
  localRarity: 0.85,
  /** What a term says about a document as a whole, added to its pages. */
  sourceTermWeight: 2,
  /** BM25's b: how far a page's length counts against its words. */
  pageLengthShare: 0.5,
  /** The number of words in which closeness of a query's words fades to 1/e: a page holds several subjects. */
  closenessWords: 30,
  /** Worth of a heading that is the query word for word, in units of the query's whole weight. */
  headingWeight: 1.75,
  /** How steeply that falls with the share of the query's weight that the heading holds. */
  headingCoverage: 2,
  /** How much words of a heading that the query lacks count against it. */
  headingExtraWords: 0.5,
  /** Pages that only list other places. */
  listingFactor: 0.3,
};
