/** Loaded before a program (`node --import`): when it ends, it writes what its process has used into the file that `BENCH_USAGE` names. */
import { readFileSync, writeFileSync } from 'node:fs'

/** What the system counts as `maxRSS` begins with what the parent had taken; of the program itself Linux tells it here. */
const peakKib = (): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

process.on('exit', () => {
  const path = process.env['BENCH_USAGE']
  if (path !== undefined) writeFileSync(path, JSON.stringify({ ...process.resourceUsage(), maxRSS: peakKib() }))
})
