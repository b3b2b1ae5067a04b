import { fileURLToPath } from 'node:url'
import { runNuxt } from '../page/run-nuxt.ts'

/** The types of the page, which only Nuxt knows: its own tsconfig, and what it imports by itself. */
const web = fileURLToPath(new URL('../../event-viewer/web', import.meta.url))

const prepared = await runNuxt(web, ['prepare'])
const { code, said } = prepared.code === 0 ? await runNuxt(web, ['typecheck']) : prepared
if (code !== 0) console.error(said)
process.exitCode = code ?? 1
