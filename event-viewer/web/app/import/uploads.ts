/** A file on its way to the viewer's service; one that has arrived is no longer listed. */
export interface Upload {
  readonly key: number
  /** The import that it belongs to. */
  readonly importId: string
  readonly name: string
  readonly bytes: number
  readonly sent: number
  readonly state: 'waiting' | 'sending' | 'failed'
  /** Why it has failed, for people. */
  readonly fault?: string
}

/** What an upload knows of its file. */
interface Sendable {
  readonly importId: string
  readonly name: string
  readonly size: number
}

export interface UploadsOptions<Sent> {
  /** Rejects with an Error for people. */
  readonly send: (
    file: Sent,
    options: { readonly onSent: (bytes: number) => void; readonly signal: AbortSignal },
  ) => Promise<void>
  readonly onChange: (uploads: readonly Upload[]) => void
}

/** Invariant: at most two files are on their way at once, in the order in which they were added. */
export interface Uploads<Sent> {
  add(files: readonly Sent[]): void
  /** Takes it off the list; what was sent of it is given up. */
  drop(key: number): void
  /** Sends one that has failed once more. */
  retry(key: number): void
  /** Takes all files of an import off the list. */
  dropAll(importId: string): void
}

const AT_ONCE = 2

export const createUploads = <Sent extends Sendable>({ send, onChange }: UploadsOptions<Sent>): Uploads<Sent> => {
  const files = new Map<number, { readonly file: Sent; readonly aborter: AbortController; upload: Upload }>()
  let keys = 0

  const tell = (): void => onChange([...files.values()].map(({ upload }) => upload))
  const change = (key: number, changes: Partial<Upload>): void => {
    const entry = files.get(key)
    if (entry === undefined) return
    entry.upload = { ...entry.upload, ...changes }
    tell()
  }
  const sending = (): number => [...files.values()].filter(({ upload }) => upload.state === 'sending').length
  const next = (): void => {
    for (const [key, { upload }] of files) {
      if (sending() >= AT_ONCE) return
      if (upload.state === 'waiting') void begin(key)
    }
  }
  const begin = async (key: number): Promise<void> => {
    const { file, aborter } = files.get(key)!
    change(key, { state: 'sending', sent: 0 })
    try {
      await send(file, { onSent: (sent) => change(key, { sent }), signal: aborter.signal })
      files.delete(key)
      tell()
    } catch (error) {
      change(key, { state: 'failed', fault: error instanceof Error ? error.message : String(error) })
    }
    next()
  }
  const enter = (file: Sent, key = keys++): void => {
    const { importId, name, size: bytes } = file
    const upload = { key, importId, name, bytes, sent: 0, state: 'waiting' } as const
    files.set(key, { file, aborter: new AbortController(), upload })
  }
  const drop = (key: number): void => {
    const entry = files.get(key)
    files.delete(key)
    entry?.aborter.abort()
  }
  return {
    add: (added) => {
      for (const file of added) enter(file)
      tell()
      next()
    },
    drop: (key) => {
      drop(key)
      tell()
      next()
    },
    retry: (key) => {
      const entry = files.get(key)
      if (entry?.upload.state !== 'failed') return
      enter(entry.file, key)
      tell()
      next()
    },
    dropAll: (importId) => {
      for (const [key, { upload }] of files) if (upload.importId === importId) drop(key)
      tell()
      next()
    },
  }
}
