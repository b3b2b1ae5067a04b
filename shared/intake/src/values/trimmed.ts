/** Blanks of Unicode, and marks of no width that come with copied texts. */
const BLANKS: ReadonlySet<number> = new Set([
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x180e, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005,
  0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x200b, 0x200c, 0x200d, 0x2028, 0x2029, 0x202f, 0x205f, 0x2060, 0x3000,
  0xfeff,
])

/** A text without blanks of any script around it. */
export const trimmed = (text: string): string => {
  let [from, to] = [0, text.length]
  while (from < to && BLANKS.has(text.charCodeAt(from))) from++
  while (to > from && BLANKS.has(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}
