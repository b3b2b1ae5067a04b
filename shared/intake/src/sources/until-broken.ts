import { FleetError } from '@fleetlake/core'

const LF = 0x0a

const wholeLines = (chunk: Uint8Array): Uint8Array => chunk.subarray(0, chunk.lastIndexOf(LF) + 1 || chunk.length)

/**
 * Bytes up to where they can't be had any more, so that what lies before is read as a file that ends there. Of the last chunk only whole lines are given where there are some: what is cut might read as another value.
 * @param onFault is told what ended them
 */
export async function* untilBroken(
  chunks: AsyncIterable<Uint8Array>,
  onFault: (fault: FleetError) => void,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  try {
    for await (const chunk of chunks) {
      if (held !== undefined) yield held
      // A copy: a source may fill its chunks again.
      held = new Uint8Array(chunk)
    }
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    onFault(error)
    if (held !== undefined) held = wholeLines(held)
  }
  if (held !== undefined) yield held
}
