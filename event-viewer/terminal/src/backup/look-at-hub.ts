import type { KeptHub, Manifest } from '@fleetlake/archive'
import { DEAD_LETTERS, partitionOfStream, SEARCHES } from '@fleetlake/contracts'
import { type Hub, offsetOf } from '@fleetlake/hub'

const isOurs = (name: string): boolean =>
  partitionOfStream(name) !== undefined || name === DEAD_LETTERS || name === SEARCHES

/** How the hub's streams stand, for a backup. */
export const lookAtHub = async ({ control, streams }: Hub): Promise<KeptHub> => ({
  server: control.version(),
  streams: [...(await streams.list())]
    .filter(([name]) => isOurs(name))
    .map(([name, { created, first, last, messages, bytes }]) => ({ name, created, first, last, messages, bytes }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
})

/** How many messages of moves the hub held that the archive did not have yet: they are in no backup. */
export const countTail = ({ hub, tables }: Pick<Manifest, 'hub' | 'tables'>): number | undefined => {
  if (hub === null) return undefined
  const offsets = new Map(Object.entries(tables.moves?.offsets ?? {}))
  return hub.streams
    .filter(({ name }) => partitionOfStream(name) !== undefined)
    .reduce(
      (total, stream) => total + Math.max(0, stream.last - Math.max(offsetOf(stream, offsets) ?? 0, stream.first - 1)),
      0,
    )
}
