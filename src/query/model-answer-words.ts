// Words by which a model marks the parts of its answer.

/** Heads the quotes below an answer. */
export const QUOTES = 'QUOTES';
/** Stands in place of an answer that the passages don't hold. */
export const NOT_FOUND = 'NOT IN THE SOURCES';
