import { access, glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** What looks like a path from the repository's root. */
const PATH = /`((?:\.[\w-]+|[\w-]+\/)[\w./-]*)`/g

test('each file that docs/how-to and ARCHITECTURE.md name exists', async () => {
  const pages = [...(await Array.fromAsync(glob('docs/how-to/*.md', { cwd: root }))), 'ARCHITECTURE.md']
  expect(pages.length).toBe(5)
  const missing: string[] = []
  let named = 0
  for (const page of pages) {
    for (const [, path] of (await readFile(join(root, page), 'utf8')).matchAll(PATH)) {
      // A path below the folder that was named before, or of a package on npm.
      if (!/^(shared|event-|scripts|docs|deployment|\.)/.test(path)) continue
      named++
      await access(join(root, path)).catch(() => missing.push(`${page}: ${path}`))
    }
  }
  expect(missing).toEqual([])
  expect(named).toBeGreaterThan(50)
})
