import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { configSchema } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { temporaryFolder } from '@fleetlake/testing'
import { describe, expect, test } from 'vitest'
import { type ImportResult, tryImport } from './index.ts'
import { FIELDS } from './testing/kinds/fields.ts'
import { formatKinds } from './testing/kinds/formats.ts'
import type { Kind } from './testing/kinds/kind.ts'
import { NO_DATA } from './testing/kinds/no-data.ts'
import { OPTIONAL } from './testing/kinds/optional.ts'
import { ROWS_AND_FILES } from './testing/kinds/rows.ts'
import { TIMES } from './testing/kinds/times.ts'

/** What docs/import.md says of each kind of input is what happens. */

const DOCS = readFileSync(new URL('../../../docs/import.md', import.meta.url), 'utf8')
const config = configSchema.parse({})

/** As a dry run of the terminal has it. */
const importOf = async ({ files, settings = {} }: Kind): Promise<ImportResult> => {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  const names = Object.keys(files)
  const isOne = names.length === 1
  return tryImport({
    files: [isOne ? join(folder, names[0]) : folder],
    settings,
    config,
    signal: new AbortController().signal,
  })
}

const groups = [ROWS_AND_FILES, TIMES, FIELDS, NO_DATA, OPTIONAL, await formatKinds()]

describe.each(groups)('$title', ({ kinds, title }) => {
  test('the documentation has these kinds, in this order', () => {
    const [, section = ''] = DOCS.split(`\n### ${title}\n`)
    const [table] = section.split('\n### ', 1)
    expect(table.split('\n').filter((line) => line.startsWith('| '))).toEqual([
      '| input | what happens |',
      ...kinds.map(({ input, happens }) => `| ${input} | ${happens} |`),
    ])
  })

  test.each(kinds)('$input: $happens', async (kind) => {
    const { first = [], rows = first.length, reasons = {}, doubts, told, asked } = kind.expected
    const found = await importOf(kind).catch((error: unknown) => error)
    if (asked !== undefined) {
      expect(found).toBeInstanceOf(FleetError)
      expect((found as FleetError).message).toContain(asked)
      return
    }
    if (found instanceof Error) throw found
    const { tally, mappings } = found as ImportResult
    expect({ rows: tally.rows, reasons: tally.reasons }).toEqual({ rows, reasons })
    const shown = mappings.flatMap((mapping) => mapping.first)
    expect(shown.slice(0, first.length)).toMatchObject(first)
    if (doubts !== undefined) expect(tally.doubts).toEqual(doubts)
    if (told !== undefined) expect(mappings.flatMap((mapping) => mapping.lines).join('\n')).toContain(told)
  })
})
