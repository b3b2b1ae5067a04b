import { randomUUID } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import { type Patience, repeat, within } from './attempts.ts'
import { type Ask, createUploadCheck } from './conditional-uploads.ts'
import { checkObjectPath, type ByteRange, type ObjectInfo, type ObjectStore } from './object-store.ts'
import { eachPart, PART_BYTES, partsOf } from './parts.ts'
import { type ObjectRequests, type PutOptions, type ReadPart, RequestFault } from './requests.ts'
import { compareUtf8 } from '../utf8-order.ts'

/** An object that is replaced again and again while it is read. */
const READ_ATTEMPTS = 4

/**
 * A store made of a remote one's requests: it repeats what failed, gives up what hangs, and carries large objects in parts.
 *
 * Invariant: a put-if-absent that was repeated after an unknown outcome and then meets an object looks whose it is, by the random writer id
 * that every put leaves with its object: its own is 'created', another's 'exists'. What can't be found out is rejected as unknown.
 * @param prefix of every key, '' or ending in `/`
 */
export const createRemoteStore = (requests: ObjectRequests, prefix: string, patience: Patience): ObjectStore => {
  const keyOf = (path: string): string => {
    checkObjectPath(path)
    return prefix + path
  }

  const attempt = async <T>(doing: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error
      throw new FleetError('store.failed', `cannot ${doing}: ${error.message}`, { cause: error.cause ?? error })
    }
  }

  const ask: Ask = async (request, bytes = 0) => {
    try {
      return await within(patience, bytes, request)
    } catch (error) {
      throw error instanceof RequestFault ? error : requests.faultOf(error)
    }
  }
  const askAgain: Ask = (request, bytes) => repeat(patience, () => ask(request, bytes))

  /** What creates an object if there is none, repeated until it is known who did. */
  const create = async (
    key: string,
    { ifAbsent, writer }: PutOptions,
    request: (signal: AbortSignal) => Promise<void>,
    bytes: number,
  ): Promise<'created' | 'exists'> => {
    let mayBeOurs = false
    const settle = async (): Promise<'created' | 'exists' | undefined> => {
      const found = await askAgain((signal) => requests.head(key, signal))
      return found && (found.writer === writer ? 'created' : 'exists')
    }
    const tryOnce = async (): Promise<'created' | 'exists'> => {
      try {
        await ask(request, bytes)
        return 'created'
      } catch (error) {
        if (!(error instanceof RequestFault)) throw error
        if (error.kind === 'condition' && ifAbsent && !mayBeOurs) return 'exists'
        if (error.kind === 'condition' || error.kind === 'gone') {
          const settled = await settle()
          if (settled === 'created' || (settled === 'exists' && ifAbsent)) return settled
          throw new RequestFault('final', `${error.message}, and it is not known whether it was written`, {
            cause: error,
          })
        }
        mayBeOurs ||= error.kind === 'unknown'
        throw error
      }
    }
    try {
      return await repeat(patience, tryOnce)
    } catch (error) {
      // The last try may have been done after all.
      const settled = mayBeOurs ? await settle().catch(() => undefined) : undefined
      if (settled === 'created' || (settled === 'exists' && ifAbsent)) return settled
      throw error
    }
  }

  const mayUpload = createUploadCheck(requests, prefix, { ask, askAgain })

  const upload = async (key: string, bytes: Uint8Array, options: PutOptions): Promise<'created' | 'exists'> => {
    const started = await askAgain((signal) => requests.startUpload(key, options, signal))
    try {
      const parts = await eachPart(partsOf(0, bytes.length), ({ number, range: { offset, length } }) =>
        askAgain(
          (signal) => requests.uploadPart(started, number, bytes.subarray(offset, offset + length), signal),
          length,
        ),
      )
      const told = await create(key, options, (signal) => requests.completeUpload(started, parts, signal), 0)
      if (told === 'exists') await askAgain((signal) => requests.abandonUpload(started, signal)).catch(() => undefined)
      return told
    } catch (error) {
      await ask((signal) => requests.abandonUpload(started, signal)).catch(() => undefined)
      throw error
    }
  }

  const write = async (path: string, bytes: Uint8Array, ifAbsent: boolean): Promise<'created' | 'exists'> => {
    const key = keyOf(path)
    const options = { ifAbsent, writer: randomUUID() }
    return attempt(`write ${requests.url(key)}`, async () =>
      bytes.length > 2 * PART_BYTES && (!ifAbsent || (await mayUpload()))
        ? upload(key, bytes, options)
        : create(key, options, (signal) => requests.put(key, bytes, options, signal), bytes.length),
    )
  }

  /** One part, whole. */
  const readPart = (key: string, range: ByteRange, version?: string): Promise<ReadPart | undefined> =>
    askAgain(async (signal, onBytes) => {
      const part = await requests.read(key, range, version, { signal, onBytes })
      if (part === undefined) return undefined
      const wanted = Math.max(0, Math.min(range.offset + range.length, part.size) - range.offset)
      if (part.bytes.length === wanted) return part
      throw new RequestFault('unknown', `${part.bytes.length} bytes came instead of ${wanted}`)
    })

  /** Reads part by part. @throws RequestFault 'condition' when it becomes another object meanwhile */
  const read = async (key: string, { offset, length }: ByteRange): Promise<Uint8Array | undefined> => {
    const first = await readPart(key, { offset, length: Math.min(length, PART_BYTES) })
    if (first === undefined) return undefined
    const wanted = Math.max(0, Math.min(offset + length, first.size) - offset)
    if (first.bytes.length >= wanted) return first.bytes
    const whole = new Uint8Array(wanted)
    whole.set(first.bytes)
    await eachPart(partsOf(first.bytes.length, wanted), async ({ range }) => {
      const part = await readPart(key, { ...range, offset: offset + range.offset }, first.version)
      if (part === undefined) throw new RequestFault('condition', 'it was deleted while it was read')
      whole.set(part.bytes, range.offset)
    })
    return whole
  }

  const get = (path: string, range: ByteRange = { offset: 0, length: Infinity }): Promise<Uint8Array | undefined> => {
    const key = keyOf(path)
    return attempt(`read ${requests.url(key)}`, async () => {
      if (range.length <= 0) return (await askAgain((signal) => requests.head(key, signal))) && new Uint8Array()
      for (let attempts = 1; ; attempts++) {
        try {
          return await read(key, range)
        } catch (error) {
          const isReplaced = error instanceof RequestFault && error.kind === 'condition'
          if (!isReplaced || attempts >= READ_ATTEMPTS) throw error
        }
      }
    })
  }

  async function* list(from: string, { after }: { readonly after?: string } = {}): AsyncGenerator<ObjectInfo> {
    const start = after === undefined ? {} : { after: prefix + after }
    let next: string | undefined
    do {
      const page = next === undefined ? start : { ...start, next }
      const found = await attempt(`list ${requests.url(prefix + from)}`, () =>
        askAgain((signal) => requests.list(prefix + from, page, signal)),
      )
      for (const object of found.objects) {
        const path = object.path.slice(prefix.length)
        // Objects that other programs made as folders are skipped.
        if (path === '' || path.endsWith('/')) continue
        if (after === undefined || compareUtf8(path, after) > 0) yield { ...object, path }
      }
      next = found.next
    } while (next !== undefined)
  }

  return {
    readsAtOnce: 8,
    get,
    list,
    putIfAbsent: async (path, bytes) => write(path, bytes, true),
    put: async (path, bytes) => {
      await write(path, bytes, false)
    },
    size: async (path) => {
      const key = keyOf(path)
      return attempt(
        `read ${requests.url(key)}`,
        async () => (await askAgain((signal) => requests.head(key, signal)))?.size,
      )
    },
    delete: async (path) => {
      const key = keyOf(path)
      await attempt(`delete ${requests.url(key)}`, () => askAgain((signal) => requests.delete(key, signal)))
    },
    removeStrayFiles: (olderThanMs) =>
      attempt(`clear ${requests.url(prefix)}`, () =>
        askAgain((signal) => requests.abandonUploads(prefix, Date.now() - olderThanMs, signal)),
      ),
    url: (path) => {
      if (path === '') return requests.url(prefix)
      return requests.url(path.endsWith('/') ? `${keyOf(path.slice(0, -1))}/` : keyOf(path))
    },
    scanOptions: () => attempt(`scan ${requests.url(prefix)}`, () => ask(() => requests.scanOptions())),
  }
}
