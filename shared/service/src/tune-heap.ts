import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 weigh arrays together with the heap when it decides to collect. Without it every 64 MB of arrays that were made, from a socket
 * for the most part, is a collection of the whole heap: 108 in the time of 31, a quarter of a collector's processor (`npm run bench:ingest`).
 */
export const tuneHeap = (): void => setFlagsFromString('--external-memory-accounted-in-global-limit')
