import { FIGURES } from '../figures.ts'
import { type Fleet, SETTINGS } from '../fleet.ts'
import type { ArchiveVolume } from '../volume/archive.ts'
import type { Flow } from '../volume/flow.ts'
import type { HubVolume } from '../volume/hub.ts'
import type { ProjectionVolume } from '../volume/projections.ts'

/** What the processes of a service take. */
export interface ServiceNeed {
  readonly service: 'hub' | 'collector' | 'compactor' | 'projector' | 'finder' | 'viewer, gateway'
  readonly count: number
  /** Cores of each, at the peak. */
  readonly cores: number
  /** Memory of each, bytes. */
  readonly memoryBytes: number
  /** `measured`: between figures that were measured; `assumed`: nothing was measured. */
  readonly basis: 'measured' | 'extrapolated' | 'assumed'
}

export interface Machines {
  readonly services: readonly ServiceNeed[]
  /** Of all processes. */
  readonly cores: number
  readonly memoryBytes: number
  /** Machines of two cores and 8 GiB that have twice the cores and one and a half times the memory. */
  readonly nodes: number
  /** Disk of each server of the hub, bytes. */
  readonly hubDiskBytes: number
  /** Between publishers, hub and services, bytes/s at the peak. */
  readonly networkBytesPerSecond: number
}

/** Beyond these rates, events/s, nothing was measured. */
const LEAST_MEASURED = 19_000
const MOST_MEASURED = 200_000

export const NODE = { cores: 2, memoryBytes: 8 * 2 ** 30 } as const
const CORES_HEADROOM = 2
const MEMORY_HEADROOM = 1.5
/** A core is 1e6 µs a second. */
const coresOf = (perSecond: number, micros: number): number => (perSecond * micros) / 1e6
const DAY_S = 86_400

/** What reads or stores each message: so much for being there, and so much an event. */
const passing = (
  { messages }: Fleet,
  events: number,
  batch: { readonly cores: number; readonly micros: number },
): number => batch.cores + coresOf(events, messages === 'batches' ? batch.micros : FIGURES.singleMicros.value / 2)

export interface Volumes {
  readonly flow: Flow
  readonly archive: ArchiveVolume
  readonly projections: ProjectionVolume
  readonly hub: HubVolume
}

export const machinesOf = (fleet: Fleet, { flow, archive, projections, hub }: Volumes): Machines => {
  const { peakEventsPerSecond: events, bufferBytes } = flow
  const { collectors, finders, replicas, searchesPerDay } = fleet
  const isMeasured = events >= LEAST_MEASURED && events <= MOST_MEASURED && fleet.messages === 'batches'
  const basis = isMeasured ? 'measured' : 'extrapolated'
  const collecting = passing(fleet, events, {
    cores: FIGURES.collectorCores.value,
    micros: FIGURES.collectorMicros.value,
  })
  const storing = passing(fleet, events, { cores: FIGURES.hubCores.value, micros: FIGURES.hubMicros.value })
  const searching = ((searchesPerDay / DAY_S) * FIGURES.searchCpuMs.value) / 1_000
  const services: ServiceNeed[] = [
    {
      service: 'hub',
      count: replicas,
      cores: storing,
      memoryBytes: 512 * 2 ** 20,
      basis: replicas === 1 ? basis : 'extrapolated',
    },
    {
      service: 'collector',
      count: collectors,
      cores: collecting / collectors,
      memoryBytes: FIGURES.collectorBytes.value + FIGURES.collectorBytesPerBuffered.value * bufferBytes,
      basis,
    },
    {
      service: 'compactor',
      count: 1,
      cores: coresOf((flow.eventsPerDay / DAY_S) * archive.rewrites, FIGURES.compactorMicros.value),
      memoryBytes: FIGURES.compactorBytes.value + SETTINGS.compactorMemory,
      basis: 'extrapolated',
    },
    {
      service: 'projector',
      count: 1,
      cores:
        coresOf(projections.rowsPerSecond, FIGURES.projectorMicrosPerRow.value) +
        coresOf(events, FIGURES.projectorMicros.value),
      memoryBytes: FIGURES.projectorBytes.value + SETTINGS.projectorMemory,
      basis: 'extrapolated',
    },
    {
      service: 'finder',
      count: finders,
      // Each reads every message, as a collector does, for what is not archived yet.
      cores: collecting + searching / finders,
      memoryBytes: FIGURES.finderBytes.value + 256 * 2 ** 20,
      basis: 'assumed',
    },
    { service: 'viewer, gateway', count: 2, cores: 0.05, memoryBytes: 150 * 2 ** 20, basis: 'assumed' },
  ]
  const total = (of: (need: ServiceNeed) => number): number =>
    services.reduce((sum, need) => sum + need.count * of(need), 0)
  const cores = total((need) => need.cores)
  const memoryBytes = total((need) => need.memoryBytes)
  return {
    services,
    cores,
    memoryBytes,
    nodes: Math.max(
      replicas,
      Math.ceil((cores * CORES_HEADROOM) / NODE.cores),
      Math.ceil((memoryBytes * MEMORY_HEADROOM) / NODE.memoryBytes),
    ),
    // Half is left free: a hub whose disk is full stores nothing.
    hubDiskBytes: 2 * hub.limitBytes,
    networkBytesPerSecond: hub.bytesPerSecond * (1 + (replicas - 1) + 1 + finders),
  }
}
