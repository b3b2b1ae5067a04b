/**
 * What a terminal obeys instead of showing it: controls (C0, DEL, C1), line and paragraph separators, and marks that turn the direction of
 * writing. Line ends and tabs lay out texts of several lines.
 */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)/g
const LAYOUT = /[\r\n\t]/g

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * A text that a terminal shows as it is, of any author; of several lines, perhaps. What is not printable becomes an escape as JSON has it, so
 * that JSON stays the same JSON.
 */
export const printable = (text: string): string => text.replaceAll(UNPRINTABLE, escape)

/** The same for a piece of a line, which stays in its line. */
export const printableInLine = (text: string): string => printable(text).replaceAll(LAYOUT, escape)
