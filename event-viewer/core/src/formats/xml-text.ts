const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

/** All but tab, line feed and carriage return below the space, what is not a character, and halves of surrogate pairs. */
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[&<>\r]|[\0-\u0008\u000B\u000C\u000E-\u001F]|[\uFFFE\uFFFF]|\p{Cs}/gu

/**
 * A text as the content of an XML 1.0 element. Characters that XML can't carry, not even escaped, become what stands for them: the control
 * pictures (U+0001 becomes ␁), or � where there is none.
 */
export const xmlText = (value: string): string =>
  value.replaceAll(SPECIAL, (character) => {
    const code = character.charCodeAt(0)
    return NAMED[character] ?? (code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD')
  })
