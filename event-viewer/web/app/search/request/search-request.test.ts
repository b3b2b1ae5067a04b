import { DEFAULT_QUERY_MS, LONGEST_QUERY_MS, messages } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import {
  DEFAULT_TIMEOUT_MS,
  MAX_IDS,
  MAX_NAMED_AREAS,
  MAX_TEXT_LENGTH,
  MAX_TIMEOUT_MS,
  MAX_TYPES,
} from './search-request.ts'

test('the bounds of a search on the page are those of the query', () => {
  expect([DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS]).toEqual([DEFAULT_QUERY_MS, LONGEST_QUERY_MS])
  const { vehicleIds, vehicleTypes, areas, timeoutMs } = messages.vehicleQuery.data.shape
  const texts = (count: number, length = 1): string[] => Array.from({ length: count }, () => 'x'.repeat(length))
  const accepts = [
    vehicleIds.safeParse(texts(MAX_IDS)),
    vehicleIds.safeParse(texts(MAX_IDS + 1)),
    vehicleTypes.safeParse(texts(MAX_TYPES)),
    vehicleTypes.safeParse(texts(MAX_TYPES + 1)),
    areas.safeParse(texts(MAX_NAMED_AREAS)),
    areas.safeParse(texts(MAX_NAMED_AREAS + 1)),
    vehicleIds.safeParse(texts(1, MAX_TEXT_LENGTH)),
    vehicleIds.safeParse(texts(1, MAX_TEXT_LENGTH + 1)),
    timeoutMs.safeParse(MAX_TIMEOUT_MS),
    timeoutMs.safeParse(MAX_TIMEOUT_MS + 1),
  ].map(({ success }) => success)
  expect(accepts).toEqual([true, false, true, false, true, false, true, false, true, false])
})
