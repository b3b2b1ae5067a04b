import { glob, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { PAGE_INPUTS } from './page-inputs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const IMPORT = /(?:from\s+|import\s*\(?\s*|new URL\(\s*)['"]([^'"]+)['"]/g

/** Where a package of the workspace is. */
const folderOf = async (name: string): Promise<string> => {
  for await (const file of glob('{{shared,event-viewer}/*,event-estimator}/package.json', { cwd: root })) {
    if (JSON.parse(await readFile(join(root, file), 'utf8')).name === name) return dirname(file)
  }
  throw new Error(`no package ${name}`)
}

test('all that the page imports is among its inputs', async () => {
  const isInput = (path: string): boolean =>
    PAGE_INPUTS.some((input) => path === input || path.startsWith(`${input}/`) || `${path}/`.startsWith(`${input}/`))
  const missing = new Set<string>()
  let imports = 0
  for await (const file of glob('event-viewer/web/app/**/*.{ts,vue}', { cwd: root })) {
    if (/\.(test|bench)\.ts$/.test(file)) continue
    for (const [, specifier] of (await readFile(join(root, file), 'utf8')).matchAll(IMPORT)) {
      imports++
      if (specifier.startsWith('.')) {
        const path = normalize(join(dirname(file), specifier))
        if (!isInput(path)) missing.add(path)
      } else if (specifier.startsWith('@fleetlake/')) {
        const path = await folderOf(specifier.split('/').slice(0, 2).join('/'))
        if (!isInput(path)) missing.add(path)
      }
    }
  }
  expect([...missing]).toEqual([])
  expect(imports).toBeGreaterThan(20)
})
