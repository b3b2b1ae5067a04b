import { setTimeout as delay } from 'node:timers/promises'
import { subjects } from '@fleetlake/contracts'
import { askVehicles, type Hub, runGeneration, storeMessage } from '@fleetlake/hub'
import { ACCOUNT, type ScrapedStack } from './scraped-stack.ts'

/** Montevideo, and a part of it. */
const AREAS = [
  [-56.35, -34.95, -56.0, -34.75],
  [-56.21, -34.92, -56.17, -34.88],
] as const

const ring = ([west, south, east, north]: (typeof AREAS)[number]) => ({
  type: 'Polygon' as const,
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
})

const ask = async (hub: Hub, turn: number): Promise<void> => {
  const now = Date.now()
  const minutes = turn % 5 === 0 ? 90 : 5
  // Some are cancelled, some refused, some asked for too few rows.
  const leaver = turn % 11 === 0 ? AbortSignal.timeout(30) : undefined
  const answer = askVehicles(
    hub,
    {
      area: ring(AREAS[turn % 2]),
      from: new Date(turn % 17 === 0 ? now + 60_000 : now - minutes * 60_000).toISOString(),
      to: new Date(now + 30_000).toISOString(),
      ...(turn % 7 === 0 ? { limit: 100 } : {}),
    },
    leaver === undefined ? {} : { signal: leaver },
  )
  for await (const _ of answer);
  await answer.outcome
}

const logIn = async (url: string, password: string): Promise<void> => {
  await fetch(`${url}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ account: ACCOUNT.name, password }),
  })
}

/** What nobody can archive. */
const sendRubbish = (hub: Hub, turn: number): Promise<void> =>
  storeMessage(hub, 'move', subjects.move(0), new TextEncoder().encode('no position'), {
    id: `rubbish/${hub.uid}/${turn}`,
    contentType: 'application/json',
  })

/** A fleet that drives, people who search, log in and look at the page, and now and then what is refused; until the signal. */
export const makeLoad = async ({ hub, url }: ScrapedStack, signal: AbortSignal): Promise<void> => {
  await runGeneration(hub, { vehicles: 2_000, durationMs: 3_600_000, seed: 7 })
  const driving = runGeneration(hub, { vehicles: 10_000, durationMs: 3_600_000, realTime: true, seed: 8 }, { signal })
  for (let turn = 1; !signal.aborted; turn++) {
    await ask(hub, turn)
    if (turn % 20 === 0)
      await Promise.all([fetch(`${url}/`), fetch(`${url}/nothing-here`), logIn(url, ACCOUNT.password)])
    if (turn % 30 === 0) await logIn(url, 'wrong')
    if (turn % 25 === 0) await sendRubbish(hub, turn)
    await delay(100, undefined, { signal }).catch(() => undefined)
  }
  await driving
}
