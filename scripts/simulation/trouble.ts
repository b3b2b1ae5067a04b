import { sleep } from '@fleetlake/core'
import type { World } from './world.ts'

/** What happens to the world, one thing at a time. */
export const trouble = async (world: World, faults: Record<string, number>, signal: AbortSignal): Promise<void> => {
  const { time, server } = world
  const pick = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(time.random() * values.length)]
  const happen: Readonly<Record<string, () => Promise<void> | void>> = {
    'a process is killed': () => {
      const life = pick(world.lives())
      if (life === undefined) return
      world.say(`${life.name} is killed`)
      world.kill(life)
    },
    'a connection breaks': () => {
      const life = pick(world.lives())
      if (life === undefined) return
      world.say(`${life.name} loses its connection`)
      server.cut(life.uid)
    },
    'a process is cut off from the broker': async () => {
      const life = pick(world.lives())
      if (life === undefined) return
      world.say(`${life.name} is cut off from the broker`)
      server.isolate(life.uid)
      await sleep(3_000 + 15_000 * time.random())
      world.say(`${life.name} reaches the broker again`)
      server.letIn(life.uid)
    },
    'the broker is killed': async () => {
      world.say('the broker is killed')
      server.stop()
      await sleep(500 + 6_000 * time.random())
      world.say('the broker is started')
      server.start()
    },
    'the broker hangs': async () => {
      world.say('the broker hangs')
      server.freeze()
      await sleep(500 + 8_000 * time.random())
      world.say('the broker goes on')
      server.thaw()
    },
    'stores fail': async () => {
      const names = world
        .lives()
        .map(({ name }) => name)
        .filter(() => time.random() < 0.5)
      world.say(`stores fail for ${names.join(', ') || 'no process'}`)
      world.trouble(names, 0.15)
      await sleep(3_000 + 20_000 * time.random())
      world.trouble([], 0)
      world.say('stores are well again')
    },
  }
  const weights: Readonly<Record<string, number>> = {
    'a process is killed': 4,
    'a connection breaks': 4,
    'a process is cut off from the broker': 3,
    'the broker is killed': 1,
    'the broker hangs': 1,
    'stores fail': 2,
  }
  const bag = Object.entries(weights).flatMap(([what, weight]) => Array.from({ length: weight }, () => what))
  while (!signal.aborted) {
    await sleep(2_000 + 30_000 * time.random(), signal)
    if (signal.aborted) break
    const what = pick(bag)!
    faults[what] = (faults[what] ?? 0) + 1
    await happen[what]()
  }
}
