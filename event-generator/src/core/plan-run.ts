import { LONGEST_GENERATION_MS, LONGEST_RUN_MS, MOST_GENERATED } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { countBelow } from './share.ts'
import type { Share } from './share.ts'

export interface RunRequest {
  readonly vehicles: number
  /** How many reports in all, exactly. */
  readonly events?: number | undefined
  /** How long in simulated time; rounded up to whole intervals. With `events` too, the sooner end counts. */
  readonly durationMs?: number | undefined
  /** Between two reports of a vehicle. Default: 5,000. */
  readonly intervalMs?: number | undefined
  /** Ms since the epoch. */
  readonly startTime?: number | undefined
  /** Reports appear when their time comes. Default: as fast as possible. */
  readonly realTime?: boolean | undefined
  /** Simulated seconds per second. Default: 1 in real time, else as fast as possible. */
  readonly speedFactor?: number | undefined
  /** Ms since the epoch. */
  readonly now: number
  /** How far in the future a report may be. */
  readonly toleranceMs: number
  /** How far back a report may be: what is older the archive does not keep. */
  readonly retentionMs: number
}

/**
 * A run that is settled: vehicle i makes its k-th report within `[startTime + k · intervalMs, startTime + (k + 1) · intervalMs)`,
 * while `k < ticks` and `k · vehicles + i < events`.
 */
export interface RunPlan {
  readonly vehicles: number
  readonly intervalMs: number
  readonly startTime: number
  /** Every report is earlier. */
  readonly endTime: number
  readonly ticks: number
  readonly events: number
  /** Simulated seconds per second; Infinity is as fast as possible. */
  readonly speedFactor: number
}

/**
 * Settles when a run begins, how long it lasts and how many reports it makes. Without a start time it is laid so that its
 * last report is due when it is made: it begins now in real time, and at now − duration when as fast as possible.
 * @throws FleetError `generation.refused` for a number out of range, for a run without an end or beyond the bounds of one run, and
 *   for one that would make reports further ahead of the clock than the tolerance, or older than what is kept
 */
export const planRun = (request: RunRequest): RunPlan => {
  const { vehicles, events: wanted, durationMs, intervalMs = 5000, now } = request
  checkPositive('vehicles', vehicles, true)
  checkPositive('events', wanted, true)
  checkPositive('intervalMs', intervalMs, true)
  checkPositive('durationMs', durationMs, false)
  checkPositive('speedFactor', request.speedFactor, false)
  if (wanted === undefined && durationMs === undefined) {
    throw new FleetError('generation.refused', 'the run has no end: give events or a duration')
  }
  const speedFactor = request.speedFactor ?? (request.realTime === true ? 1 : Infinity)
  const ticks = Math.min(
    durationMs === undefined ? Infinity : Math.ceil(durationMs / intervalMs),
    wanted === undefined ? Infinity : Math.ceil(wanted / vehicles),
  )
  const events = Math.min(wanted ?? Infinity, ticks * vehicles)
  const simulatedMs = ticks * intervalMs
  const elapsedMs = simulatedMs / speedFactor
  checkBounds({ events, simulatedMs, elapsedMs })
  const startTime = request.startTime ?? Math.floor(now + Math.min(0, elapsedMs - simulatedMs))
  if (!Number.isFinite(startTime)) throw new FleetError('generation.refused', 'the start time is not a time')
  if (startTime < now - request.retentionMs) {
    throw new FleetError(
      'generation.refused',
      `the run would begin ${daysOf(now - startTime)} ago, and the archive keeps ${daysOf(request.retentionMs)}: start it later`,
    )
  }
  const endTime = startTime + simulatedMs
  const aheadMs = Math.max(startTime - now, endTime - now - elapsedMs)
  if (aheadMs > request.toleranceMs) {
    throw new FleetError(
      'generation.refused',
      `the run's reports would be up to ${Math.ceil(aheadMs / 1000)} s in the future, and ${request.toleranceMs / 1000} s are allowed: ` +
        'start it earlier, make it shorter, leave the start time out, or run it in real time',
    )
  }
  return { vehicles, intervalMs, startTime, endTime, ticks, events, speedFactor }
}

/** How many of a run's reports the vehicles of a share make. */
export const eventsOfShare = ({ vehicles, ticks, events }: RunPlan, share: Share): number =>
  (ticks - 1) * share.count + countBelow(share, events - (ticks - 1) * vehicles)

type Extent = { events: number; simulatedMs: number; elapsedMs: number }

const checkBounds = ({ events, simulatedMs, elapsedMs }: Extent): void => {
  const bounds: [isWithin: boolean, what: string][] = [
    [
      events <= MOST_GENERATED,
      `the run would make ${events.toLocaleString('en')} positions, and ${MOST_GENERATED.toLocaleString('en')} are allowed: ` +
        'have fewer vehicles, a longer interval or a shorter duration',
    ],
    [
      simulatedMs <= LONGEST_GENERATION_MS,
      `the run would simulate ${daysOf(simulatedMs)}, and ${daysOf(LONGEST_GENERATION_MS)} are allowed: ` +
        'make it shorter, or have more vehicles for as many positions',
    ],
    [
      elapsedMs <= LONGEST_RUN_MS,
      `the run would take ${daysOf(elapsedMs)}, and ${daysOf(LONGEST_RUN_MS)} is allowed: make it shorter, or raise the speed factor`,
    ],
  ]
  const broken = bounds.find(([isWithin]) => !isWithin)
  if (broken !== undefined) throw new FleetError('generation.refused', broken[1])
}

const daysOf = (ms: number): string => {
  const days = (ms / 86_400_000).toLocaleString('en', { maximumFractionDigits: 1 })
  return `${days} ${days === '1' ? 'day' : 'days'}`
}

const checkPositive = (name: string, value: number | undefined, whole: boolean): void => {
  if (value === undefined || (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value)))) return
  throw new FleetError('generation.refused', `${name} is ${value}: give a ${whole ? 'whole ' : ''}number above 0`)
}
