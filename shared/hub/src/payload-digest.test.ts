import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DIGEST_HEADER, digestFault, payloadDigest } from './payload-digest.ts'

const message = (data: Uint8Array, digest?: string) => ({
  data,
  header: (name: string) => (name === DIGEST_HEADER ? digest : undefined),
})

test('the digest is CRC-32, as everyone computes it', () => {
  expect(payloadDigest(new TextEncoder().encode('123456789'))).toBe('crc32:cbf43926')
  expect(payloadDigest(new Uint8Array())).toBe('crc32:00000000')
})

test('a message is as it was published, and not once a bit of it is another', () => {
  const payloadAndBit = fc
    .uint8Array({ minLength: 1, maxLength: 200 })
    .chain((data) => fc.tuple(fc.constant(data), fc.nat(data.length * 8 - 1)))
  fc.assert(
    fc.property(payloadAndBit, ([data, bit]) => {
      const digest = payloadDigest(data)
      expect(digestFault(message(data, digest))).toBe(undefined)
      const other = data.slice()
      other[bit >> 3] ^= 1 << (bit & 7)
      expect(digestFault(message(other, digest))).toBe(
        `its bytes are not those that were published: fleet-digest is ${digest}, that of the bytes ${payloadDigest(other)}`,
      )
    }),
  )
})

test('a message that is cut short is told', () => {
  const data = new Uint8Array(100).fill(5)
  expect(digestFault(message(data.subarray(0, 60), payloadDigest(data)))).not.toBe(undefined)
})

test('messages without a digest, or with one that is not known here, are welcome', () => {
  const data = new Uint8Array(3)
  expect(digestFault(message(data))).toBe(undefined)
  const others = [
    '',
    'sha256:00',
    'crc32c:00000000',
    'crc32:',
    'crc32:0',
    'crc32:123456789',
    'crc32:0000000g',
    ' crc32:00000000',
  ]
  expect(others.filter((digest) => digestFault(message(data, digest)) !== undefined)).toEqual([])
})

test('a digest counts in capitals as in small letters, and so does a wrong one', () => {
  const data = new TextEncoder().encode('123456789')
  for (const digest of ['crc32:cbf43926', 'crc32:CBF43926', 'CRC32:CbF43926'])
    expect(digestFault(message(data, digest))).toBe(undefined)
  expect(digestFault(message(data, 'CRC32:CBF43927'))).toBe(
    'its bytes are not those that were published: fleet-digest is CRC32:CBF43927, that of the bytes crc32:cbf43926',
  )
})
