import type { Fleet } from '../fleet.ts'
import type { ArchiveVolume } from '../volume/archive.ts'
import type { HubVolume } from '../volume/hub.ts'
import type { Machines } from './machines.ts'

/** What of a deployment comes to its end, or near it, and what to do. */
export interface Limit {
  readonly what: string
  /** Of what there is; from 1 on it does not hold. */
  readonly load: number
  readonly advice: string
}

/** One process takes one core for most of its work. */
const CORES_OF_PROCESS = 1
/** A table of so many files is opened in 0.7 s (docs/benchmarks/planning.md); of ten times as many nothing was measured. */
const FILES_MEASURED = 512_080
const FILES_BOUND = 10 * FILES_MEASURED
/** As long a failure of store or collectors as an operator should have time for. */
const PATIENCE_S = 3_600
/** Files that a flush leaves, beyond which it takes longer than it may last on a store that takes 30 ms for each and six at once. */
const MS_PER_PUT = 30
const PUTS_AT_ONCE = 6
const NEAR = 0.5

export interface Estimated {
  readonly archive: ArchiveVolume
  readonly hub: HubVolume
  readonly machines: Machines
}

/** The highest load first; those that are near their end. */
export const limitsOf = (fleet: Fleet, { archive, hub, machines: { services } }: Estimated): Limit[] => {
  const coresOf = (name: string): number => services.find(({ service }) => service === name)?.cores ?? 0
  const putsPerSecond = archive.landedFilesPerDay / 86_400 / fleet.drivingShare / fleet.collectors
  const all: Limit[] = [
    {
      what: 'the compactor (one works at a time)',
      load: coresOf('compactor') / CORES_OF_PROCESS,
      advice:
        'windows of 30 min and compactor.targetBytes of 32 MiB halve it: it rewrites the small files of a cell’s day once a window',
    },
    {
      what: 'a collector',
      load: coresOf('collector') / CORES_OF_PROCESS,
      advice: 'more collectors, up to the number of partitions',
    },
    {
      what: 'a collector’s files',
      load: (putsPerSecond * MS_PER_PUT) / 1_000 / PUTS_AT_ONCE,
      advice: 'a shorter geohash (larger cells), or collector.maxAgeMs of some minutes',
    },
    {
      what: 'a projector',
      load: coresOf('projector') / CORES_OF_PROCESS,
      advice: 'another one: they share the vehicles, though each reads all that is new',
    },
    {
      what: 'a finder',
      load: coresOf('finder') / CORES_OF_PROCESS,
      advice: 'fewer messages: each finder reads them all',
    },
    {
      what: 'the table’s files',
      load: archive.files / FILES_BOUND,
      advice: 'a shorter geohash (larger cells), or fewer years',
    },
    {
      what: 'the streams’ room while the store is away',
      load: PATIENCE_S / hub.patienceSeconds,
      advice: 'more partitions, or a larger hub.maxBytesPerPartition: producers wait once the streams are full',
    },
  ]
  return all.filter(({ load }) => load >= NEAR).toSorted((a, b) => b.load - a.load)
}
