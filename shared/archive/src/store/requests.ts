import type { ByteRange, ObjectInfo } from './object-store.ts'

/**
 * What a request came to when it failed:
 * - condition: it was not done, since an object is there (If-None-Match) or is another one by now (If-Match).
 * - gone: what it was to finish is not there any more; an earlier try may have finished it.
 * - again: it was not done and may well be, when it is repeated.
 * - unknown: it may have been done; it may be repeated.
 * - final: it was not done, and never will be until an operator does what the message says.
 */
export type FaultKind = 'condition' | 'gone' | 'again' | 'unknown' | 'final'

export interface FaultDetails {
  /** The store asks to be asked less. */
  readonly isThrottled?: boolean
  /** How long the store asks to be left alone, ms. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A failed request of a remote store; the message is for people. */
export class RequestFault extends Error {
  readonly kind: FaultKind
  readonly isThrottled: boolean
  readonly retryAfterMs: number
  constructor(kind: FaultKind, message: string, { isThrottled = false, retryAfterMs = 0, cause }: FaultDetails = {}) {
    super(message, { cause })
    this.name = 'RequestFault'
    this.kind = kind
    this.isThrottled = isThrottled
    this.retryAfterMs = retryAfterMs
  }
}

export interface PutOptions {
  /** Fails with 'condition' when there is an object. */
  readonly ifAbsent: boolean
  /** Kept with the object: a writer recognises its own object by it. */
  readonly writer: string
}

export interface Reading {
  readonly signal: AbortSignal
  /** Told whenever some of it has come: a slow line is not a hung one. */
  readonly onBytes: () => void
}

export interface ReadPart {
  readonly bytes: Uint8Array
  /** Of the whole object. */
  readonly size: number
  /** Changes with the object. */
  readonly version: string
}

export interface ObjectHead {
  readonly size: number
  /** As it was put; undefined for other programs' objects. */
  readonly writer: string | undefined
}

export interface ObjectPage {
  /** Paths are keys here, in the order of their UTF-8 bytes where the store keeps one. */
  readonly objects: readonly ObjectInfo[]
  /** For the page after it; undefined on the last. */
  readonly next: string | undefined
}

/** A large object on its way, part by part; it can't be read before it is completed. */
export interface Upload {
  readonly key: string
  readonly id: string
  readonly options: PutOptions
}

/**
 * The single requests that a remote store is made of. Each is one exchange with a server, of a bounded number of bytes, that ends
 * when `signal` aborts; none repeats itself. They reject with anything; `faultOf` says what it means.
 */
export interface ObjectRequests {
  put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<void>
  startUpload(key: string, options: PutOptions, signal: AbortSignal): Promise<Upload>
  /** @param number from 1 @returns what `completeUpload` needs of it */
  uploadPart(upload: Upload, number: number, bytes: Uint8Array, signal: AbortSignal): Promise<string>
  completeUpload(upload: Upload, parts: readonly string[], signal: AbortSignal): Promise<void>
  abandonUpload(upload: Upload, signal: AbortSignal): Promise<void>
  /** Abandons the uploads below a prefix that began before a time, ms since the epoch. @returns how many */
  abandonUploads(prefix: string, beforeMs: number, signal: AbortSignal): Promise<number>
  /** @param version only of this one, else 'condition' @returns undefined when there is none; no bytes beyond its end */
  read(key: string, range: ByteRange, version: string | undefined, reading: Reading): Promise<ReadPart | undefined>
  head(key: string, signal: AbortSignal): Promise<ObjectHead | undefined>
  list(
    prefix: string,
    page: { readonly after?: string; readonly next?: string },
    signal: AbortSignal,
  ): Promise<ObjectPage>
  delete(key: string, signal: AbortSignal): Promise<void>
  faultOf(error: unknown): RequestFault
  /** For scans and messages. */
  url(key: string): string
  scanOptions(): Promise<Readonly<Record<string, string>>>
  /** Whether completing an upload may be conditional: some servers ignore the condition, which only a try can show. */
  readonly conditionalUploads: 'yes' | 'try'
}
