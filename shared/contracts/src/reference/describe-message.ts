import type { MessageDefinition } from '../messages.ts'

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

/** What a person's page may do with a message, and the right that it takes. */
export const pageText = ({ page, stored }: Pick<MessageDefinition, 'page' | 'stored'>): string => {
  if (page === undefined) return ''
  const may = page.use === 'sends' ? 'sends it' : 'listens to it'
  return `${page.use === 'hears' && stored?.repeatedTo !== undefined ? 'listens to what the stream repeats' : may} (${code(page.right)})`
}

/** The headers of every message: CloudEvents 1.0 in the binary mode of its NATS binding. */
export const CLOUD_EVENT_HEADERS: Readonly<Record<string, string>> = {
  'ce-specversion': '`1.0`',
  'ce-id': 'unique per source; a repeated message has the same one',
  'ce-type': 'the type of the message',
  'ce-source': '/fleetlake/<service>/<process>',
  'ce-time': 'RFC 3339, when it was sent',
  'ce-subject': 'what it is about, if anything',
  'ce-traceparent': 'the span that it comes from, as W3C Trace Context writes it, if it is traced',
  'ce-tracestate': 'what the maker of that trace added, if anything',
  'content-type': 'media type of the data',
}

export const OPTIONAL_HEADERS: readonly string[] = ['ce-subject', 'ce-traceparent', 'ce-tracestate']
