import type { MessageDefinition, PageRight } from '../messages.ts'

const code = (text: string): string => `\`${text}\``

/** Where a message goes, as Markdown: a subject is code, words are not. */
export const subjectText = ({ subject }: Pick<MessageDefinition, 'subject'>): string =>
  subject === undefined ? "the request's reply subject" : code(subject)

/** Which stream keeps a message, and where it is repeated; empty when none does. */
export const storageText = ({ stored }: Pick<MessageDefinition, 'stored'>): string => {
  if (stored === undefined) return ''
  const { stream, repeatedTo } = stored
  return code(stream) + (repeatedTo === undefined ? '' : `, which repeats it to ${code(repeatedTo)}`)
}

const RIGHTS: Readonly<Record<PageRight, string>> = {
  sends: 'may send it',
  generates: 'may send it, where pages may start generations',
  hears: 'may listen to it',
  'hears-below': 'may listen to it',
}

/** What the user of a browser's page may do with a message. */
export const pageText = ({ page, stored }: Pick<MessageDefinition, 'page' | 'stored'>): string => {
  if (page === undefined) return ''
  return page === 'hears' && stored?.repeatedTo !== undefined ? 'may listen to what the stream repeats' : RIGHTS[page]
}

/** The headers of every message: CloudEvents 1.0 in the binary mode of its NATS binding. */
export const CLOUD_EVENT_HEADERS: Readonly<Record<string, string>> = {
  'ce-specversion': '`1.0`',
  'ce-id': 'unique per source; a repeated message has the same one',
  'ce-type': 'the type of the message',
  'ce-source': '/fleetlake/<service>/<process>',
  'ce-time': 'RFC 3339, when it was sent',
  'ce-subject': 'what it is about, if anything',
  'content-type': 'media type of the data',
}

export const OPTIONAL_HEADERS: readonly string[] = ['ce-subject']
