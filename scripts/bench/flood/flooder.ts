/** A client that floods the finders, a process of its own: `flooder.ts <hub> <kind> <searches at once>`; it ends on a message over IPC, and prints the answers that it got. */
import { setTimeout as delay } from 'node:timers/promises'
import { askVehicles, connectHub } from '@fleetlake/hub'
import { floodOf, type FloodKind } from './searches.ts'

/** Who is refused asks again. */
const AGAIN_MS = 2_000

const [url, kind, atOnce] = process.argv.slice(2)
const hub = await connectHub({ url, service: 'flooder' })
const search = floodOf(kind as FloodKind)
const told = new Map<string, number>()
let isOver = false

const flood = async (): Promise<void> => {
  while (!isOver) {
    const answer = askVehicles(hub, search)
    for await (const _ of answer) if (isOver) break
    const { status, reason = '' } = await answer.outcome
    const what = `${status}${reason === '' ? '' : `: ${reason}`}`
    if (status === 'refused') await delay(AGAIN_MS)
    told.set(what, (told.get(what) ?? 0) + 1)
  }
}
const floods = Array.from({ length: Number(atOnce) }, flood)
process.on('message', () => {
  isOver = true
  void Promise.all(floods).then(async () => {
    process.send?.([...told])
    await hub.close()
    process.disconnect?.()
  })
})
process.send?.('ready')
