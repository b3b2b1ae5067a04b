import { readFileSync } from 'node:fs'

/** For tests: lines that repeat and lines that don't, of several blocks of `bzip2 -1`, as the usual programs pack them. */
export const LINES: Uint8Array = Buffer.from(
  Array.from({ length: 9_000 }, (_, i) =>
    i % 900 === 0 ? `${'a'.repeat(1_000 + i)}\n` : `v-${i % 97},${(i * 7_919) % 10_007},${(i * 104_729) % 99_991}\n`,
  ).join(''),
)

/** @param name `lines.bz2`, `lines.xz` */
export const packedLines = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`./cases/${name}`, import.meta.url)))
