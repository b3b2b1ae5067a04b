import type { Texts } from './text-list.ts'

/** The place of each text, by its number, in the order of their bytes; of texts that are all different. */
export const rankTexts = ({ count, offsets, bytes }: Texts): Int32Array => {
  const compare = (a: number, b: number): number => {
    const [end, other] = [offsets[a + 1], offsets[b + 1]]
    let [at, beside] = [offsets[a], offsets[b]]
    while (at < end && beside < other && bytes[at] === bytes[beside]) {
      at++
      beside++
    }
    return at < end && beside < other ? bytes[at] - bytes[beside] : end - at - (other - beside)
  }
  const numbers = Uint32Array.from({ length: count }, (_, number) => number).toSorted(compare)
  const ranks = new Int32Array(count)
  for (let rank = 0; rank < count; rank++) ranks[numbers[rank]] = rank
  return ranks
}
