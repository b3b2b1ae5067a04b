import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { checkFormat } from './formats.ts'

test('what says no version is of version 1; what is newer, or says what is no version, is refused with what to do', () => {
  for (const version of [undefined, 1, '1', 2]) expect(() => checkFormat('the table moves', version, 2)).not.toThrow()
  for (const version of [3, '3', 0, '', 'two', 1.5]) {
    expect(() => checkFormat('the table moves', version, 2)).toThrow(
      fault(
        'format.newer',
        /^the table moves has the format version .*, and this program knows versions 1 to 2: start the release that wrote it/,
      ),
    )
  }
})
