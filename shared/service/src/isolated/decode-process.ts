import type { DecodedMove } from '@fleetlake/contracts'
import { startWatchdog } from '../watchdog.ts'

/**
 * The process in which `createIsolatedDecoder` has messages decoded: one after the other, until its parent is gone. Arguments: the deadline of a
 * message in ms, and the module of the decoder.
 */

export type DecodeRequest = { payload: Uint8Array; contentType: string | undefined }

export type DecodeAnswer = { isReady: true } | { decoded: DecodedMove } | { fault: string }

const [deadlineMs, module] = process.argv.slice(2)
const { decodeMove } = (await import(module ?? '@fleetlake/contracts')) as {
  decodeMove: (payload: Uint8Array, contentType: string | undefined) => DecodedMove | Promise<DecodedMove>
}

const answer = (message: DecodeAnswer): void => void process.send?.(message)

// When its parent is killed while it hangs, it ends by itself.
startWatchdog({ name: 'decoder', limitMs: 3 * Number(deadlineMs) })
process.on('disconnect', () => process.exit(0))
process.on('message', async ({ payload, contentType }: DecodeRequest) => {
  try {
    answer({ decoded: await decodeMove(payload, contentType) })
  } catch (error) {
    answer({ fault: String(error) })
  }
})
answer({ isReady: true })
