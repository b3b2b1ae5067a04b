import { FleetError } from '@fleetlake/core'
import { SaxesParser } from 'saxes'

/** What stands in an XML document, as it comes. Names are as they are written, with their prefixes. */
export interface XmlListener {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  /** @param text of the element's own; '' for one that has elements in it */
  close(name: string, text: string): void
}

export interface XmlReader {
  /** @throws FleetError `import.invalid` where the document is not well-formed, or beyond the bounds of this reader */
  write(bytes: Uint8Array): void
  end(): void
  /** Characters before what the listener hears at present. */
  position(): number
}

/** Of a text, a tag, a comment, an attribute. */
const MAX_CHARACTERS = 1024 * 1024
const MAX_DEPTH = 256
/** Of characters that the parser is given at a time: what it holds is looked at in between. */
const SLICE = 64 * 1024
/** Of the beginning, to find the encoding in. */
const HEAD_BYTES = 256

/** What saxes says of entities that it does not know, which it leaves as they are written; what a document type declares is never expanded. */
const UNKNOWN_ENTITY = /: (undefined entity|malformed character entity)\.$/
/** What XML can't hold, not even escaped. */
// oxlint-disable-next-line no-control-regex
const NOT_A_CHARACTER = /[\0-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

/**
 * Reads XML as it comes, in memory that is bounded whatever the document is: entities are those five that every document has, and texts, tags and depth have an end.
 * @param name of the file, for people
 */
export const createXmlReader = (listener: XmlListener, name: string): XmlReader => {
  const parser = new SaxesParser({ xmlns: false })
  let depth = 0
  let text = ''
  /** Whether the last tag was an opening one. */
  let isLeaf = false
  /** Where what the parser holds began. */
  let heldFrom = 0
  const refuse = (what: string): never => {
    throw new FleetError('import.invalid', `${name}, line ${parser.line}: ${what}`)
  }
  const heard = (): void => {
    heldFrom = parser.position
  }
  parser.on('error', ({ message }) => {
    if (UNKNOWN_ENTITY.test(message)) return
    const [, line, column, what = message] = /^(\d+):(\d+): (.*)$/s.exec(message) ?? []
    const where = line === undefined ? '' : `, line ${line}, column ${column}`
    const hint = what.includes('entity name') ? ' (a & must be written as &amp;)' : ''
    throw new FleetError(
      'import.invalid',
      `${name}${where}: this is not well-formed XML: ${what.replace(/\.$/, '')}${hint}`,
    )
  })
  parser.on('opentag', ({ name: tag, attributes }) => {
    heard()
    if (++depth > MAX_DEPTH) refuse(`elements lie more than ${MAX_DEPTH} deep in each other`)
    text = ''
    isLeaf = true
    listener.open(tag, attributes)
  })
  parser.on('closetag', ({ name: tag }) => {
    heard()
    depth--
    listener.close(tag, isLeaf ? text : '')
    text = ''
    isLeaf = false
  })
  const addText = (more: string): void => {
    heard()
    if (!isLeaf) return
    if (text.length + more.length > MAX_CHARACTERS) refuse(`a text has more than ${MAX_CHARACTERS} characters`)
    text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  for (const event of ['comment', 'processinginstruction', 'doctype'] as const) parser.on(event, heard)

  const parse = (characters: string): void => {
    const fit = characters.replaceAll(NOT_A_CHARACTER, '\uFFFD')
    for (let at = 0; at < fit.length; at += SLICE) {
      parser.write(fit.slice(at, at + SLICE))
      if (parser.position - heldFrom > MAX_CHARACTERS)
        refuse(`a text or a tag has more than ${MAX_CHARACTERS} characters`)
    }
  }
  let decoder: TextDecoder | undefined
  let head = new Uint8Array(0)
  const begin = (): void => {
    decoder = decoderOf(head, name)
    parse(decoder.decode(head, { stream: true }))
  }
  return {
    write: (bytes) => {
      if (decoder !== undefined) return parse(decoder.decode(bytes, { stream: true }))
      head = Buffer.concat([head, bytes])
      if (head.length >= HEAD_BYTES) begin()
    },
    end: () => {
      if (decoder === undefined) begin()
      parse(decoder!.decode())
      parser.close()
    },
    position: () => parser.position,
  }
}

/** The encoding that the document begins with or declares; UTF-8 else. */
export const encodingOf = (head: Uint8Array): string => {
  const [a, b] = head
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be'
  const declaration = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1')
  return /^(?:ï»¿)?<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1] ?? 'utf-8'
}

const decoderOf = (head: Uint8Array, name: string): TextDecoder => {
  const encoding = encodingOf(head)
  try {
    return new TextDecoder(encoding)
  } catch (cause) {
    throw new FleetError('import.invalid', `${name}: its encoding "${encoding}" is not known: convert it to UTF-8`, {
      cause,
    })
  }
}

/** Without its prefix. */
export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
