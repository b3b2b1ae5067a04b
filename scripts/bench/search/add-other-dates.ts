import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type AddFile, createFileStore, openTable } from '@fleetlake/archive'

const YEARS = 7
const DAY_MS = 86_400_000
const FILES_PER_COMMIT = 10_000

/** A file of a whole day of a cell, as it is in the log; searches of other dates never look for it. */
const addOf = (date: string, cell: string): AddFile => ({
  path: `date=${date}/cell=${cell}/${date.replaceAll('-', '')}T0000-${randomBytes(8).toString('hex')}.parquet`,
  partitionValues: { date, cell },
  size: 1_000_000,
  modificationTime: Date.parse(date) + DAY_MS,
  stats: JSON.stringify({
    numRecords: 200_000,
    minValues: { event_time: `${date}T00:00:00.000Z`, longitude: -56.3, latitude: -34.95 },
    maxValues: { event_time: `${date}T23:59:59.000Z`, longitude: -56.0, latitude: -34.75 },
  }),
})

/** Fills the log with the files of 7 years before a table's own dates, in the table's own cells. */
export const addOtherDates = async (path: string, files: number, before: number): Promise<void> => {
  const table = await openTable(createFileStore(join(path, 'moves')))
  const cells = [...new Set([...table.snapshot.files()].map(({ cell }) => cell))]
  const days = YEARS * 365
  let add: AddFile[] = []
  for (let i = 0; i < files; i++) {
    const date = new Date(before - (1 + (i % days)) * DAY_MS).toISOString().slice(0, 10)
    add.push(addOf(date, cells[Math.floor(i / days) % cells.length]))
    if (add.length === FILES_PER_COMMIT || i === files - 1) {
      await table.commit({ parts: [{ add }], operation: 'WRITE' })
      add = []
    }
  }
  await table.close()
}
