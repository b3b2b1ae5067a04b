import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median } from './median.ts'
import type { ProcessFigures } from './measure-process.ts'

const run = promisify(execFile)

/** Measures a table's log in processes of its own, one after the other. @returns the median of each figure */
export const measurePlanning = async (folder: string, repetitions: number): Promise<ProcessFigures> => {
  const measured: ProcessFigures[] = []
  for (let i = 0; i < repetitions; i++) {
    const args = [join(import.meta.dirname, 'measure-process.ts'), folder, String(i)]
    const { stdout } = await run(process.execPath, args)
    measured.push(JSON.parse(stdout))
  }
  const keys = Object.keys(measured[0]) as (keyof ProcessFigures)[]
  return Object.fromEntries(keys.map((key) => [key, median(measured.map((figures) => figures[key]))])) as {
    [key in keyof ProcessFigures]: number
  }
}
