/** Whether item `a` belongs after item `b`. */
export type IsAfter = (a: number, b: number) => boolean

/**
 * Sorts `items[from, to)` in place, stably: merges the runs that are ascending already, two by two. What is sorted costs one look at
 * each item, what consists of k runs n log k.
 * @param spare as long as `items`
 */
export const sortRuns = (
  items: Uint32Array,
  spare: Uint32Array,
  { from, to, isAfter }: { readonly from: number; readonly to: number; readonly isAfter: IsAfter },
): void => {
  let runs = [from]
  for (let i = from + 1; i < to; i++) if (isAfter(items[i - 1], items[i])) runs.push(i)
  let [source, target] = [items, spare]
  while (runs.length > 1) {
    const merged: number[] = []
    for (let run = 0; run < runs.length; run += 2) {
      merged.push(runs[run])
      merge(source, target, { left: runs[run], middle: runs[run + 1] ?? to, end: runs[run + 2] ?? to, isAfter })
    }
    runs = merged
    ;[source, target] = [target, source]
  }
  if (source !== items) items.set(source.subarray(from, to), from)
}

interface Merge {
  readonly left: number
  readonly middle: number
  readonly end: number
  readonly isAfter: IsAfter
}

const merge = (source: Uint32Array, target: Uint32Array, { left, middle, end, isAfter }: Merge): void => {
  let [a, b] = [left, middle]
  for (let at = left; at < end; at++) {
    const takesRight = b < end && (a === middle || isAfter(source[a], source[b]))
    target[at] = takesRight ? source[b++] : source[a++]
  }
}
