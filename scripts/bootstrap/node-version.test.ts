import { expect, test } from 'vitest'
import { explainOldNode } from './node-version.mjs'

test('a Node older than 20 is told in one line what is needed, a newer one nothing', () => {
  expect(explainOldNode('18.20.8')).toBe(
    'Fleetlake needs Node 20 or newer to install itself, and this is 18.20.8: get one from https://nodejs.org',
  )
  expect(['20.0.0', '26.10.0', '100.0.0'].map(explainOldNode)).toEqual([undefined, undefined, undefined])
})
