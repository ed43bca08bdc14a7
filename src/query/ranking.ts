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
  /** Weight of a function word, in units of a word as rare. */
  stopWeight: 0.1,
  /** Share that rarity within a document has in a term's weight there; the rest is rarity in the library. */
  localRarity: 0.85,
  /** What a term says about a document as a whole, added to its pages. */
  sourceTermWeight: 2,
  /** Distances at which words count together in timed sources: a sentence, a paragraph, a topic. */
  scales: [
    { widthMs: 12_000, weight: 1, side: 'ahead' },
    { widthMs: 20_000, weight: 0.5, side: 'around' },
    { widthMs: 60_000, weight: 1.25, side: 'around' },
    { widthMs: 300_000, weight: 0.5, side: 'around' },
  ] as Scale[],
  /** What a word that says nearly the same counts beside the query's own. */
  relatedShare: 0.2,
  /** Worth of two neighbouring words of the query said together, in units of their mean weight, and what together means. */
  spokenPairWeight: 0.4,
  spokenPairMs: 1_500,
  /** What the two count in the other order. */
  reversedPair: 0.5,
  /** Share that rarity within a talk has in a term's weight there, counted over spans of this length. */
  talkLocalRarity: 0.3,
  talkSpanMs: 30_000,
  /** What a term says about a talk as a whole, added to its moments. */
  talkTermWeight: 0.8,
  /** BM25's k1 at widths up to `saturationWidthMs`; above, it grows with the width, because more words fall under it. */
  saturation: 1.2,
  saturationWidthMs: 40_000,
  /** What a kind of text adds to a term's frequency in a timed source. Events repeat what captions say. */
  kindWeight: { caption: 1, slide: 0.6, event: 0.09, heading: 0.5, page: 0 },
  /** Talks announce their topics before they treat them: this first share of a source counts less, rising to full weight. */
  announcementShare: 0.04,
  announcementPenalty: 0.3,
  /** What the source as a whole adds to each of its moments. */
  aboutnessWeight: 0.3,
  /** Beginnings near each other support each other: sharpness of the belief in each, what all belief is worth, how near. */
  consensusSharpness: 4.9,
  consensusWeight: 0.3,
  consensusMs: 150_000,
  /** A moment cut short by the next must keep this share of its stretch. */
  minStretchShare: 0.8,
  /** What others say, where a query asks what somebody says. */
  otherSpeakers: 0.3,
  /** A turn that began at most this long before its matching words is shown from its beginning. */
  turnLeadMs: 30_000,
  /** Share of the source's duration that a stretch takes, and its limits. */
  stretchShare: 0.12,
  minStretchMs: 25_000,
  maxStretchMs: 600_000,
  /** BM25's k1 and b on page text. */
  pageSaturation: 1.2,
  pageLengthShare: 0.5,
  /** Worth of a heading that is the query word for word, in units of the query's whole weight. */
  headingWeight: 1.75,
  /** How steeply that falls with the share of the query's weight that the heading holds. */
  headingCoverage: 2,
  /** Worth of two neighbouring words of the query that are neighbours on the page, in units of their mean weight. */
  pairWeight: 1,
  /** Worth of words of the query standing close together on a page, and the number of words in which that fades to 1/e. */
  closenessWeight: 1,
  closenessWords: 30,
  /** How much words of a heading that the query lacks count against it. */
  headingExtraWords: 0.5,
  /** Pages that only list other places. */
  listingFactor: 0.3,
};
