/** The headers of every message: CloudEvents 1.0 in the binary mode of its NATS binding. */
export const CLOUD_EVENT_HEADERS: Readonly<Record<string, string>> = {
  'ce-specversion': '`1.0`',
  'ce-id': 'unique per source; a repeated message has the same one',
  'ce-type': 'the type of the message',
  'ce-source': '/fleetlake/<service>/<process>',
  'ce-time': 'RFC 3339, when it was sent',
  'ce-subject': 'what it is about, if anything',
  'content-type': 'of the data',
}

export const OPTIONAL_HEADERS: readonly string[] = ['ce-subject']
