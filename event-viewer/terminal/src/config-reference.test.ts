import { readFileSync } from 'node:fs'
import { configSchema, listSettings } from '@fleetlake/contracts'
import { expect, test } from 'vitest'

test('the configuration reference has every key under the names by which it is read', () => {
  const reference = readFileSync(new URL('../../../docs/reference/config.md', import.meta.url), 'utf8')
  const rows = reference.split('\n').filter((line) => line.startsWith('| `'))
  const named = rows
    .map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => [cells[1], cells.at(-3), cells.at(-2)])
  expect(named).toEqual(
    listSettings(configSchema).map(({ path, variable, flag, isSecret }) => [
      path,
      variable,
      // Every user of the machine can see a flag.
      isSecret ? '– (a secret)' : flag,
    ]),
  )
})
