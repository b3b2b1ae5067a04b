import { messages } from '@fleetlake/contracts'
import { expect, test } from 'vitest'

const SINCE = '2026-01-05T00:00:00.000Z'
const QUESTION = { query: 'q1', since: SINCE }
const parse = (question: object) => messages.latestQuery.data.safeParse({ ...QUESTION, ...question })

test('a question has one place', () => {
  const area = { type: 'Point', coordinates: [0, 0] }
  const places = [{}, { area }, { areas: ['Harbour'] }, { area, areas: ['Harbour'] }]
  expect(places.map((place) => parse(place).success)).toEqual([true, true, true, false])
  expect(parse(places[3]).error?.issues).toMatchObject([{ message: 'area and areas are two places: give one of them' }])
})
