/** A file or stream of which an answer misses something, and why. */
export interface Fault {
  readonly path: string
  readonly reason: string
}

/** Told one by one; who reads them stops earlier. */
export const MOST_FAULTS = 1_000
/** Of what they say together: a quarter of a message, whatever characters it has. */
const MOST_BYTES = 256 * 1024

const bytesOf = ({ path, reason }: Fault): number => Buffer.byteLength(JSON.stringify({ path, reason })) + 1

/** Invariant: what is told of faults fits into a message, however many they are; of those that are not told the number is. */
export const boundFaults = (faults: readonly Fault[]): Fault[] => {
  const told: Fault[] = []
  let bytes = 0
  for (const fault of faults) {
    bytes += bytesOf(fault)
    if (told.length === MOST_FAULTS || bytes > MOST_BYTES) {
      const more = faults.length - told.length
      // Under a path of its own, so that it does not take the place of what another task says.
      const reason = more === 1 ? 'it could not be read' : `it and ${more - 1} more could not be read`
      return [...told, { path: fault.path, reason }]
    }
    told.push(fault)
  }
  return told
}
