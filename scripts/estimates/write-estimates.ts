/** Makes the estimates in the docs anew: `node scripts/estimates/write-estimates.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import { renderBlocks } from './blocks.ts'
import { ESTIMATE_PAGES } from './pages.ts'

for (const page of ESTIMATE_PAGES) {
  await writeFile(page, renderBlocks(await readFile(page, 'utf8')))
  console.log(page)
}
