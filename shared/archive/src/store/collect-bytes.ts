import type { Reading } from './requests.ts'

/** All that a stream brings. */
export const collectBytes = async (
  stream: AsyncIterable<unknown> | undefined,
  { signal, onBytes }: Reading,
): Promise<Uint8Array> => {
  const pieces: Buffer[] = []
  for await (const piece of stream ?? []) {
    signal.throwIfAborted()
    onBytes()
    pieces.push(piece as Buffer)
  }
  return new Uint8Array(Buffer.concat(pieces))
}
