import type { Hub } from './hub.ts'

/** Law, trailing purge: see `findPurgeable`. Messages up to `sequence`, inclusive, go. */
export declare const purgeThrough: (hub: Hub, partition: number, sequence: number) => Promise<void>
/** The highest sequence below `committed` that is older than the duplicate window + 30 s; 0 when there is none. */
export declare const findPurgeable: (hub: Hub, options: { partition: number; committed: number; duplicateWindowMs: number }) => Promise<number>
