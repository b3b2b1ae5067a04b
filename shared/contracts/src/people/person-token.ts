/**
 * A person as one token of a subject: what the server lets a connection ask and hear goes by it. Lower-case letters, digits and `-` are as they are in the name, every other byte of
 * its UTF-8 is `_` and two hexadecimal digits, so that no two persons have the same token, and the token says who it is.
 */
export const PERSON_TOKEN = /^(?:[a-z0-9-]|_[0-9a-f]{2}){1,256}$/

/** Characters of a token. */
export const MAX_PERSON_TOKEN = 3 * 256

/** Who asks where no login is needed. */
export const ANYONE = 'anyone'

const PLAIN = /^[a-z0-9-]$/

const utf8 = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { fatal: true })

/** @param name of an account, or who a provider names: 1 to 256 bytes */
export const personToken = (name: string): string =>
  Array.from(utf8.encode(name), (byte) => {
    const character = String.fromCharCode(byte)
    return PLAIN.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`
  }).join('')

/** The name that a token was made of; undefined for a text that is none. */
export const personOfToken = (token: string): string | undefined => {
  if (!PERSON_TOKEN.test(token)) return undefined
  const bytes = [...token.matchAll(/_(..)|./g)].map(([character, hex]) =>
    hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
  )
  try {
    const name = utf8Decoder.decode(Uint8Array.from(bytes))
    return personToken(name) === token ? name : undefined
  } catch {
    return undefined
  }
}
