import { hasByte } from '../has-byte.ts'
import { encodingOf, localName } from './xml-reader.ts'

/** What may stand before the root: a declaration, instructions, comments, a document type. */
const BEFORE_ROOT =
  /^\s*(?:<\?(?:(?!\?>).)*\?>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>\s*)*<([\w:.-]+)/s

const LESS = 0x3c

/** The name of an XML document's root, without its prefix; undefined for what is no XML. */
export const rootOf = (head: Uint8Array): string | undefined => {
  if (!hasByte(head, LESS)) return undefined
  try {
    const text = new TextDecoder(encodingOf(head)).decode(head, { stream: true })
    const root = BEFORE_ROOT.exec(text)?.[1]
    return root === undefined ? undefined : localName(root)
  } catch {
    return undefined
  }
}
