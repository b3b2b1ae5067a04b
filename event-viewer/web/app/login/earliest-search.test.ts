import { LAST_DAY_MS as DAY_OF_FINDERS } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { earliestSearch, LAST_DAY_MS } from './earliest-search.ts'

test('who is not known to be allowed more may search as far back as finders let a dispatcher', () => {
  expect([LAST_DAY_MS, earliestSearch(DAY_OF_FINDERS + 5)]).toEqual([DAY_OF_FINDERS, 5])
})
