import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REFERENCE_FOLDER, referenceFiles } from './reference-files.ts'

mkdirSync(REFERENCE_FOLDER, { recursive: true })
for (const [name, text] of Object.entries(referenceFiles())) {
  writeFileSync(join(REFERENCE_FOLDER, name), text)
  console.log(`docs/reference/${name}`)
}
