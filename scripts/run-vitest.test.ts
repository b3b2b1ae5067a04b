import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('./test-projections.ts', import.meta.url))

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s to a script of tests ends vitest', async (signal) => {
  const folder = await temporaryFolder()
  const began = join(folder, 'began')
  // In the place of vitest: says that it has begun, and by which signal it ends.
  const vitest = `#!${process.execPath}
const { writeFileSync } = require('node:fs')
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => (console.log(signal + ' to ' + process.argv[2]), process.exit(3)))
setTimeout(() => {}, 30_000)
writeFileSync(${JSON.stringify(began)}, String(process.pid))
`
  await writeFile(join(folder, 'vitest'), vitest)
  await chmod(join(folder, 'vitest'), 0o755)
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, PATH: folder + delimiter + process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => (said += String(chunk)))
  await eventually(async () => (await readFile(began, 'utf8').catch(() => '')) !== '')
  child.kill(signal)
  // Within the time of a test: what goes on holds this output open.
  const [code] = await once(child, 'close')
  expect({ code: code as unknown, said }).toEqual({ code: 3, said: `${signal} to run\n` })
})
