import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from './eventually.ts'
import { freezeProcess } from './freeze-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Two threads, each of which writes into a file of its own without a pause. */
const program = (file: string): string => `
  const { writeFileSync } = require('node:fs')
  const { Worker } = require('node:worker_threads')
  const write = "for (let i = 1; ; i++) require('node:fs').appendFileSync(" + JSON.stringify(${JSON.stringify(file)}) + ", '.')"
  new Worker(write, { eval: true })
  for (;;) writeFileSync(${JSON.stringify(`${file}-main`)}, '.', { flag: 'a' })
`

test('no thread of a frozen process does anything until it goes on', async () => {
  const file = join(await temporaryFolder(), 'written')
  const files = [file, `${file}-main`]
  const child = spawn(process.execPath, ['-e', program(file)], { stdio: 'inherit' })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const written = (): Promise<number[]> => Promise.all(files.map(async (name) => (await stat(name)).size))
  await eventually(written)
  for (let time = 0; time < 20; time++) {
    await freezeProcess(child.pid!)
    const before = await written()
    // Read, which takes a while in which a thread that runs writes.
    for (const name of files) await readFile(name)
    expect(await written()).toEqual(before)
    child.kill('SIGCONT')
    await eventually(async () => (await written()).every((size, i) => size > before[i]))
  }
})
