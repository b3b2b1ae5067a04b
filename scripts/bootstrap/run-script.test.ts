import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('every command of package.json that is run by a name has a script of that name, and every script is there and has a command', async () => {
  // Plain JavaScript, without types, for whatever Node the machine has.
  const { scripts } = (await import(join(root, 'scripts/bootstrap/run-script.mjs'))) as {
    scripts: Readonly<Record<string, { readonly file: string }>>
  }
  const { scripts: commands } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  const named = Object.values(commands).flatMap((command) => /^node scripts\/run\.mjs (\S+)$/.exec(command)?.[1] ?? [])
  expect(named.toSorted()).toEqual(Object.keys(scripts).toSorted())
  expect(Object.values(scripts).filter(({ file }) => !existsSync(join(root, file)))).toEqual([])
})
