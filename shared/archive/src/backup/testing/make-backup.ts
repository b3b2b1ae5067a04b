import type { ObjectStore } from '../../store/object-store.ts'
import { backUp, type BackUpReport } from '../back-up.ts'

let seconds = 0
/** One a second, so that they sort in the order in which they were made. */
const eachSecond = (): number => Date.UTC(2026, 10, 21) + seconds++ * 1_000

/** For tests: makes a backup of an archive whose hub is away. */
export const makeBackup = (
  archive: ObjectStore,
  target: ObjectStore,
  { signal = new AbortController().signal, now = eachSecond }: { signal?: AbortSignal; now?: () => number } = {},
): Promise<BackUpReport> => backUp(archive, target, { software: '9.9.9', lookAtHub: async () => null, signal, now })
