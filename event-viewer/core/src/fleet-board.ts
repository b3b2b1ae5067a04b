import type { Message } from '@fleetlake/contracts'

export type Heartbeat = Message<'heartbeat'>
export type CommitStats = Message<'aggregatePeriodStats'>

/** A service by its heartbeats. */
export interface MemberLine {
  readonly group: Heartbeat['group']
  readonly member: string
  readonly version: string
  readonly upMs: number
  readonly memoryBytes: number
  readonly lagMs: number | null
  readonly state: 'alive' | 'silent'
}

/** What is known at an instant. */
export interface BoardState {
  readonly time: string
  /** Since the board began to listen. */
  readonly commits: number
  readonly rows: number
  readonly bytes: number
  readonly files: number
  readonly deadRows: number
  /** Positions archived a second, over the last `RATE_MS`. */
  readonly rowsPerSecond: number
  readonly bytesPerRow: number | null
  /** Of the last commit: the table's version, and the age of its oldest message. */
  readonly version: number | null
  readonly lagMs: number | null
  readonly members: readonly MemberLine[]
}

export interface FleetBoard {
  addCommit(stats: CommitStats, nowMs: number): void
  addHeartbeat(heartbeat: Heartbeat, nowMs: number): void
  state(nowMs: number): BoardState
}

export const RATE_MS = 60_000
/** By the rule of membership: three heartbeats that did not come. */
const SILENT_MS = 3_000
/** A member that has been silent for this long is no longer shown. */
const FORGET_MS = 60_000

/** Sums up commits and heartbeats; time arrives as data. */
export const createFleetBoard = (): FleetBoard => {
  const members = new Map<string, { heartbeat: Heartbeat; heardMs: number }>()
  const recent: { atMs: number; rows: number }[] = []
  let beganMs: number | undefined
  let [commits, rows, bytes, files, deadRows] = [0, 0, 0, 0, 0]
  let last: CommitStats | undefined

  const membersAt = (nowMs: number): MemberLine[] =>
    [...members.values()]
      .map(({ heartbeat, heardMs }): MemberLine => ({
        group: heartbeat.group,
        member: heartbeat.member,
        version: heartbeat.version,
        upMs: Math.max(0, nowMs - Date.parse(heartbeat.startedAt)),
        memoryBytes: heartbeat.memoryBytes,
        lagMs: heartbeat.lagMs ?? null,
        state: nowMs - heardMs > SILENT_MS ? 'silent' : 'alive',
      }))
      .toSorted((a, b) => `${a.group} ${a.member}`.localeCompare(`${b.group} ${b.member}`, 'en'))

  return {
    addCommit: (stats, nowMs) => {
      beganMs ??= nowMs
      commits++
      rows += stats.rows
      bytes += stats.bytes
      files += stats.files
      deadRows += stats.deadRows
      if (last === undefined || stats.version >= last.version) last = stats
      recent.push({ atMs: nowMs, rows: stats.rows })
    },
    addHeartbeat: (heartbeat, nowMs) => {
      const key = `${heartbeat.group} ${heartbeat.member}`
      if (heartbeat.leaving === true) members.delete(key)
      else members.set(key, { heartbeat, heardMs: nowMs })
    },
    state: (nowMs) => {
      beganMs ??= nowMs
      while (recent.length > 0 && recent[0].atMs <= nowMs - RATE_MS) recent.shift()
      for (const [key, { heardMs }] of members) if (nowMs - heardMs > FORGET_MS) members.delete(key)
      const spanMs = Math.min(RATE_MS, Math.max(1000, nowMs - beganMs))
      const recentRows = recent.reduce((sum, each) => sum + each.rows, 0)
      return {
        time: new Date(nowMs).toISOString(),
        commits,
        rows,
        bytes,
        files,
        deadRows,
        rowsPerSecond: Math.round((recentRows * 1000) / spanMs),
        bytesPerRow: rows === 0 ? null : Math.round((bytes / rows) * 10) / 10,
        version: last?.version ?? null,
        lagMs: last?.lagMs ?? null,
        members: membersAt(nowMs),
      }
    },
  }
}
