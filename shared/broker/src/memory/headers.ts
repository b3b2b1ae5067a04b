import type { EncodedHeaders } from '../port.ts'

/** By which a stream recognises a message; no header of a message may be called so. */
const MESSAGE_ID = 'message-id'

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]+/g

export const NO_HEADERS: EncodedHeaders = new Uint8Array()

export const encodeHeaders = (headers: Readonly<Record<string, string>>, messageId?: string): EncodedHeaders => {
  const lines = Object.entries(messageId === undefined ? headers : { ...headers, [MESSAGE_ID]: messageId })
  return new TextEncoder().encode(lines.map(([name, value]) => `${name}: ${value.replace(CONTROL, ' ')}\n`).join(''))
}

/** A header whatever the case of its name; undefined when absent. */
export const headerIn = (headers: EncodedHeaders, name: string): string | undefined => {
  if (headers.length === 0) return undefined
  const prefix = `${name.toLowerCase()}: `
  for (const line of new TextDecoder().decode(headers).split('\n')) {
    if (line.slice(0, prefix.length).toLowerCase() === prefix) return line.slice(prefix.length).trim() || undefined
  }
  return undefined
}

export const messageIdIn = (headers: EncodedHeaders): string | undefined => headerIn(headers, MESSAGE_ID)
