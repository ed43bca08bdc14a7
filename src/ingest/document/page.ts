// A page as the rest of Lectern sees it: text in reading order with its headings and links, and where the text came from.

export interface Heading {
  readonly text: string;
  /** 1 is the highest level on this document's scale. */
  readonly level: number;
  /** Character offset of the heading's line in `Page.text`. */
  readonly offset: number;
}

export interface PageLink {
  readonly text: string;
  /** An external address, or the 0-based page index the link leads to. */
  readonly target:
    { readonly kind: 'url'; readonly url: string } | { readonly kind: 'page'; readonly pageIndex: number };
}

export interface Page {
  /** 0-based; shown 1-based. */
  readonly pageIndex: number;
  /** The label printed on the page or declared by the file (`iv`, `T-1`); null where the file declares none. */
  readonly label: string | null;
  /** Reading order, hyphenation undone, paragraphs separated by a blank line, table rows kept one a line with cells aligned. */
  readonly text: string;
  readonly headings: readonly Heading[];
  readonly links: readonly PageLink[];
  /** `text`: the file's own text layer; `ocr`: read off the rasterised page; `none`: nothing readable on it. */
  readonly textSource: 'text' | 'ocr' | 'none';
}

/** One entry of a document's outline, flattened in order. */
export interface OutlineEntry {
  readonly title: string;
  /** 1 is the top level. */
  readonly level: number;
  /** 0-based page it opens; null where the destination does not resolve. */
  readonly pageIndex: number | null;
}

export interface DocumentInfo {
  readonly numPages: number;
  /** The file's declared title where it reads like one, else the most prominent line of the first page, else null. */
  readonly title: string | null;
  readonly outline: readonly OutlineEntry[];
  /** Whether the outline was declared by the file or inferred from headings. */
  readonly outlineSource: 'file' | 'headings';
}
