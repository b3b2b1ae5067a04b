/** Loaded before a program (`node --import`): when it ends, it writes what its process has used into the file that `BENCH_USAGE` names. */
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const path = process.env['BENCH_USAGE']
  if (path !== undefined) writeFileSync(path, JSON.stringify(process.resourceUsage()))
})
