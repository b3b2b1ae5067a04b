import pidusage from 'pidusage'

/** What the processes of a pipeline have used while they were watched. */
export interface Usage {
  /** CPU time of all of them, user and system, µs. */
  readonly cpuMicros: number
  /** By name of process, µs. */
  readonly cpuMicrosByName: Readonly<Record<string, number>>
  /** The highest sum of their resident memory that was seen, bytes. */
  readonly peakRssBytes: number
}

export interface Watched {
  readonly name: string
  readonly pid: number
}

const SAMPLE_MS = 200

interface Spent {
  readonly name: string
  /** CPU time when it was first seen, and last, µs; one that started later is counted from 0. */
  readonly from: number
  to: number
}

/** Watches the processes that there are from now until `stop`, also those that come and go meanwhile. */
export const watchUsage = async (list: () => readonly Watched[]): Promise<{ stop(): Promise<Usage> }> => {
  const spent = new Map<number, Spent>()
  let peakRssBytes = 0
  const sample = async (isFirst: boolean): Promise<void> => {
    const processes = list()
    const stats = await pidusage(processes.map(({ pid }) => pid))
    let rss = 0
    for (const { name, pid } of processes) {
      // One that has ended in between is missing.
      const seen = stats[pid]
      if (!seen) continue
      const micros = seen.ctime * 1_000
      const entry = spent.get(pid)
      if (entry === undefined) spent.set(pid, { name, from: isFirst ? micros : 0, to: micros })
      else entry.to = micros
      rss += seen.memory
    }
    peakRssBytes = Math.max(peakRssBytes, rss)
  }
  await sample(true)
  let sampling: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    sampling = sampling.then(() => sample(false)).catch(() => undefined)
  }, SAMPLE_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await sampling
      await sample(false)
      const cpuMicrosByName: Record<string, number> = {}
      for (const { name, from, to } of spent.values()) cpuMicrosByName[name] = (cpuMicrosByName[name] ?? 0) + to - from
      const cpuMicros = Object.values(cpuMicrosByName).reduce((total, micros) => total + micros, 0)
      return { cpuMicros, cpuMicrosByName, peakRssBytes }
    },
  }
}
