import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { formatArchiveClaim, parseArchiveClaim } from './archive-claim.ts'
import { FORMATS } from './formats.ts'

const CLAIM = { table: 't', hub: 'h', version: 7, fingerprint: 'f' }

test('a claim says the format version of the hub; claims of earlier releases have none and are read, one of a newer release is refused', () => {
  const written = formatArchiveClaim(CLAIM)
  expect(JSON.parse(written)).toEqual({ ...CLAIM, format: FORMATS.hub })
  expect(parseArchiveClaim(written)).toEqual(CLAIM)
  expect(parseArchiveClaim(JSON.stringify(CLAIM))).toEqual(CLAIM)
  expect(parseArchiveClaim('t')).toEqual({ table: 't', hub: undefined, version: undefined, fingerprint: undefined })
  expect(parseArchiveClaim('{"table":')).toBeUndefined()
  for (const claim of [
    { ...CLAIM, format: FORMATS.hub + 1 },
    { of: 'another form', format: 9 },
  ]) {
    expect(() => parseArchiveClaim(JSON.stringify(claim))).toThrow(
      fault('format.newer', /^what this hub keeps has the format version \d, and this program knows version 1/),
    )
  }
})
