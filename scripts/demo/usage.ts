import pidusage from 'pidusage'

/** What the processes of a pipeline have used since `start`. */
export interface Usage {
  /** CPU time of all of them, user and system, µs. */
  cpuMicros: number
  /** By name of process, µs. */
  cpuMicrosByName: Record<string, number>
  /** The highest sum of their resident memory that was seen, bytes. */
  peakRssBytes: number
}

export interface Watched {
  readonly name: string
  readonly pid: number
}

const SAMPLE_MS = 200

const readCpu = async (processes: readonly Watched[]): Promise<{ cpu: Map<number, number>; rss: number }> => {
  const stats = await pidusage(processes.map(({ pid }) => pid))
  const cpu = new Map(processes.map(({ pid }) => [pid, stats[pid].ctime * 1_000]))
  return { cpu, rss: processes.reduce((total, { pid }) => total + stats[pid].memory, 0) }
}

/** Watches processes from now until `stop`. */
export const watchUsage = async (processes: readonly Watched[]): Promise<{ stop(): Promise<Usage> }> => {
  const begin = await readCpu(processes)
  let peakRssBytes = begin.rss
  let sampling: Promise<void> = Promise.resolve()
  const sample = async (): Promise<void> => {
    peakRssBytes = Math.max(peakRssBytes, (await readCpu(processes)).rss)
  }
  const timer = setInterval(() => {
    // A process that ends while it is looked at is told by the stack, not here.
    sampling = sampling.then(sample).catch(() => undefined)
  }, SAMPLE_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await sampling
      const end = await readCpu(processes)
      const cpuMicrosByName: Record<string, number> = {}
      for (const { name, pid } of processes) {
        cpuMicrosByName[name] = (cpuMicrosByName[name] ?? 0) + end.cpu.get(pid)! - begin.cpu.get(pid)!
      }
      return {
        cpuMicros: Object.values(cpuMicrosByName).reduce((total, value) => total + value, 0),
        cpuMicrosByName,
        peakRssBytes: Math.max(peakRssBytes, end.rss),
      }
    },
  }
}
