import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 weigh arrays together with the heap when it decides to collect. Without it every 64 MB of arrays that were made, from a socket
 * for the most part, is a collection of the whole heap: 108 in the time of 31, a quarter of a collector's processor (`npm run bench:ingest`).
 */
export const weighArrays = (): void => setFlagsFromString('--external-memory-accounted-in-global-limit')

/**
 * For a process through which batches of rows pass. They lie outside a heap of some 15 MB; as long as V8 marks on other threads, it collects
 * that heap again after each 13 MB of them and spends half of the processor on it, without a quarter as often (docs/benchmarks/search.md).
 * Call it before the work begins.
 */
export const collectGarbageLess = (): void => setFlagsFromString('--no-concurrent-marking')
