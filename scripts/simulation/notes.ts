import type { ObjectStore } from '@fleetlake/archive'
import type { Ledger } from './ledger.ts'

/** How far collectors have noted a stream. */
export interface Note {
  readonly partition: number
  readonly created: string
  readonly last: number
}

/** What collectors have noted of the streams, read without any code of Fleetlake. */
export const readNotes = async (store: ObjectStore): Promise<Note[]> => {
  const notes: Note[] = []
  for await (const { path } of store.list('_fleetlake/marks/')) {
    const bytes = (await store.get(path))!
    notes.push(...(JSON.parse(new TextDecoder().decode(bytes)) as { marks: Note[] }).marks)
  }
  return notes
}

/** The messages, by name, that were stored after the last note of their stream: when all who know of them are gone, nothing tells of these. */
export const messagesBeyond = (notes: readonly Note[], ledger: Pick<Ledger, 'messages'>): Set<string> => {
  const isNoted = (partition: number, created: string, sequence: number): boolean =>
    notes.some((note) => note.partition === partition && note.created === created && sequence <= note.last)
  return new Set(
    [...ledger.messages()]
      .filter(({ places }) => !places.some(({ partition, created, sequence }) => isNoted(partition, created, sequence)))
      .map(({ name }) => name),
  )
}
