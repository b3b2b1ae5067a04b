import { setFlagsFromString } from 'node:v8'

/**
 * For a process through which batches of rows pass. They lie outside a heap of some 15 MB; as long as V8 marks on other threads, it collects
 * that heap again after each 13 MB of them and spends half of the processor on it, without a quarter as often (docs/benchmarks/search.md).
 * Call it before the work begins.
 */
export const collectGarbageLess = (): void => setFlagsFromString('--no-concurrent-marking')
