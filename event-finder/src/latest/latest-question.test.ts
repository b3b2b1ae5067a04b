import { parseFilter } from '@fleetlake/columnar'
import { messages } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { recordedSearch, searchOfLatest } from './latest-question.ts'

const SINCE = '2026-01-05T00:00:00.000Z'
const NOW = '2026-01-06T00:00:00.000Z'
const QUESTION = { query: 'q1', since: SINCE }
const parse = (question: object) => messages.latestQuery.data.safeParse({ ...QUESTION, ...question })

/** What is recorded beside what is searched for all keys. */
const recorded = (question: { readonly by?: string; readonly keys: readonly string[] }) => {
  const asked = messages.latestQuery.data.parse({ ...QUESTION, ...question })
  const { from, to, select, vehicleIds, where } = recordedSearch(
    searchOfLatest(asked),
    { by: asked.by, keys: question.keys },
    Date.parse(NOW),
  )
  return { from, to, select, vehicleIds, where }
}

test('a question is recorded as a search of its vehicles, or by a filter for keys of another column', () => {
  const period = { from: SINCE, to: NOW }
  expect(recorded({ keys: ['v-1', 'v-2'] })).toEqual({ ...period, vehicleIds: ['v-1', 'v-2'] })
  const { where, ...rest } = recorded({ by: 'order_id', keys: ['o-1', "o'2"] })
  expect([rest, where]).toEqual([{ ...period, select: ['order_id'] }, `"order_id" in ('o-1', 'o''2')`])
  expect(() => parseFilter(where!)).not.toThrow()
  const many = Array.from({ length: 1_000 }, (_, i) => `o-${i}`)
  for (const keys of [many, ['o-\ud800']])
    expect(recorded({ by: 'order_id', keys })).toEqual({ ...period, select: ['order_id'] })
})

test('a question has one place', () => {
  const area = { type: 'Point', coordinates: [0, 0] }
  const places = [{}, { area }, { areas: ['Harbour'] }, { area, areas: ['Harbour'] }]
  expect(places.map((place) => parse(place).success)).toEqual([true, true, true, false])
  expect(parse(places[3]).error?.issues).toMatchObject([{ message: 'area and areas are two places: give one of them' }])
})
