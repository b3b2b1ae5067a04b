import { crc32 } from 'node:zlib'

/** Of a message with moves: what its payload was when it was published. */
export const DIGEST_HEADER = 'fleet-digest'

const PREFIX = 'crc32:'
const DIGITS = 8
/** In capitals too, as many programs write hexadecimal digits. */
const DIGEST = /^crc32:[\da-f]{8}$/i
const REASON = 'its bytes are not those that were published'

/** Whether a dead letter's reason is that of `digestFault`. */
export const isDamageReason = (reason: string): boolean => reason.startsWith(REASON)

/**
 * CRC-32 as zlib, gzip and IEEE 802.3 have it (not CRC-32C), which takes 0.3 ms for a megabyte: it is to notice what a disk, a memory or a program has changed, not what someone has forged. nats-server keeps a
 * hash of each message in its store; what it does not cover is the way to the store and from it.
 */
export const payloadDigest = (payload: Uint8Array): string =>
  `${PREFIX}${crc32(payload).toString(16).padStart(DIGITS, '0')}`

/**
 * In what the bytes of a message differ from those that were published, for people; undefined when they don't. A message without a digest, or with one of another kind or form, is of a
 * program that does not make ours, and is welcome.
 */
export const digestFault = ({
  data,
  header,
}: {
  readonly data: Uint8Array
  header(name: string): string | undefined
}): string | undefined => {
  const told = header(DIGEST_HEADER)
  if (told === undefined || !DIGEST.test(told)) return undefined
  const found = payloadDigest(data)
  return told.toLowerCase() === found ? undefined : `${REASON}: ${DIGEST_HEADER} is ${told}, that of the bytes ${found}`
}
