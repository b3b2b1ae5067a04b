import { untilAnswered } from '@fleetlake/broker'
import { moveStreamName } from '@fleetlake/contracts'
import { sleep } from '@fleetlake/core'
import { type Hub, provision } from '@fleetlake/hub'
import type { ArchiveCopy } from './archive-disk.ts'
import { type Excuses, messagesIn } from './excuses.ts'
import { messagesBeyond, readNotes } from './notes.ts'
import type { Operator } from './operator.ts'
import type { World } from './world.ts'

/** What takes something away for good. */
export const DISASTERS = [
  'a stream is made again',
  'the hub is restored',
  'the archive is restored',
  'the hub is lost',
  'the power fails',
] as const
export type Disaster = (typeof DISASTERS)[number]

export interface DisastersOptions {
  /** One after the other. */
  readonly disasters: readonly Disaster[]
  /** Of the story. */
  readonly minutes: number
  readonly signal: AbortSignal
}

export interface DisastersDeps {
  readonly world: World
  /** The operator's own connection. */
  readonly hub: Hub
  readonly operator: Operator
  readonly excuses: Excuses
  /** The archive is not what it was. */
  onReplaced(): void
  /** Told of what should not have happened. */
  fail(what: string): void
}

/** Each disaster has its part of the story. Some time before it, or just before it, a copy is made of what is going to be lost. */
export const playDisasters = async (
  { disasters, minutes, signal }: DisastersOptions,
  deps: DisastersDeps,
): Promise<void> => {
  const { time } = deps.world
  const partMs = (minutes * 60_000) / disasters.length
  const reach = (ms: number): Promise<unknown> => sleep(Math.max(0, ms - time.elapsedMs()), signal)
  for (const [part, disaster] of disasters.entries()) {
    const strikeMs = (part + 0.5 + 0.3 * time.random()) * partMs
    const copyMs =
      time.random() < 0.5 ? (part + 0.1 + 0.3 * time.random()) * partMs : strikeMs - 3_000 - 40_000 * time.random()
    await reach(copyMs)
    if (signal.aborted) return
    const strike = prepare[disaster](deps)
    await reach(strikeMs)
    if (signal.aborted) return
    await strike()
  }
}

/** What only the collectors know is gone as well. */
const mayKillCollectors = (world: World): void => {
  if (world.time.random() < 0.5) return
  world.say('the collectors are killed')
  for (const life of world.lives()) if (life.service === 'event-collector') world.kill(life)
}

const tell = ({ say }: World, what: string): void => say(`DISASTER: ${what}`)

const commitsIn = ({ moves }: ArchiveCopy): number =>
  [...moves.keys()].filter((path) => path.startsWith('_delta_log/') && path.endsWith('.json')).length

/** Copies what is to be put in the place of something later. @returns the disaster */
type Prepare = (deps: DisastersDeps) => () => Promise<void>

const remakeStream: Prepare =
  ({ world, hub: { control, streams }, excuses }) =>
  async () => {
    const { time, config } = world
    const name = moveStreamName(Math.floor(time.random() * config.partitioning.count))
    const { settings } = await untilAnswered(control, () => streams.info(name))
    tell(world, `${name} is deleted`)
    mayKillCollectors(world)
    excuses.add({})
    await untilAnswered(control, () => streams.drop(name))
    if (time.random() < 0.5) await sleep(5_000 * time.random())
    await untilAnswered(control, () => streams.make(settings))
    world.say(`${name} is made again`)
  }

const restoreHub: Prepare = ({ world, operator, excuses }) => {
  const { time, server } = world
  const backup = server.backup()
  world.say('the hub is copied')
  return async () => {
    tell(world, 'the hub is put back to its copy')
    mayKillCollectors(world)
    operator.expectRefusals()
    excuses.add({ again: messagesIn(backup), forgetsLetters: true })
    server.stop()
    server.restore(backup)
    await sleep(500 + 6_000 * time.random())
    server.start()
    world.say('the hub is started')
  }
}

const restoreArchive: Prepare = ({ world, operator, excuses, onReplaced, fail }) => {
  const { time, archive } = world
  const copy = archive.copy()
  world.say('the archive is copied')
  // A backup need not hold what can be derived.
  const keep = time.random() < 0.5 ? (['presence', 'latest'] as const) : []
  const replaceBy = (by: ArchiveCopy, isStopped: boolean): void => {
    if (isStopped) for (const life of world.lives()) world.kill(life)
    archive.replaceBy(by, keep)
    onReplaced()
  }
  const putBack = async (newest: ArchiveCopy): Promise<void> => {
    const isRefused = await operator.during(() => sleep(20_000 + 20_000 * time.random()))
    if (commitsIn(archive.copy()) === commitsIn(copy)) {
      world.say('the newest archive is put back')
      return replaceBy(newest, true)
    }
    if (isRefused) fail('a copy was written to that collectors refuse')
    world.say('the copy has been written to, and stays')
  }
  return async () => {
    const isPutBack = time.random() < 0.3
    const isStopped = time.random() < 0.5
    tell(
      world,
      `the archive is put back to its copy${isPutBack ? ', for a while' : ''}${isStopped ? ', while no service runs' : ''}`,
    )
    operator.expectRefusals()
    excuses.add({})
    const newest = archive.copy()
    replaceBy(copy, isStopped)
    if (isPutBack) await putBack(newest)
  }
}

const loseHub: Prepare = ({ world, hub, operator, excuses, onReplaced }) => {
  const { time, server, archive } = world
  const copy = archive.copy()
  world.say('the archive is copied')
  return async () => {
    const isArchiveLost = time.random() < 0.3
    tell(world, `the hub is lost${isArchiveLost ? ', and the archive is put back to its copy' : ''}`)
    operator.expectRefusals()
    excuses.add({ forgetsLetters: true })
    if (!isArchiveLost) mayKillCollectors(world)
    else {
      for (const life of world.lives()) world.kill(life)
      archive.replaceBy(copy)
      onReplaced()
    }
    server.stop()
    server.restore(new Map())
    await sleep(500 + 6_000 * time.random())
    server.start()
    world.say('a new hub is started')
    await provision(hub, world.config)
    if (!isArchiveLost && time.random() < 0.7) await operator.restartAll()
  }
}

/** How long a hub may not have synced what it has acknowledged. */
const SYNC_MS = 10_000

const failPower: Prepare =
  ({ world, operator, excuses }) =>
  async () => {
    const { time, server, archive } = world
    const synced = server.backup()
    await sleep(SYNC_MS * time.random())
    tell(world, 'the power fails: no service lives, and the hub comes back as it was synced')
    operator.expectRefusals()
    excuses.add({
      again: messagesIn(synced),
      forgetsLetters: true,
      untold: messagesBeyond(await readNotes(archive.stores.losses), excuses.ledger),
    })
    for (const life of world.lives()) world.kill(life)
    server.stop()
    server.restore(synced)
    await sleep(500 + 6_000 * time.random())
    server.start()
    world.say('the hub is started')
  }

const prepare: Readonly<Record<Disaster, Prepare>> = {
  'a stream is made again': remakeStream,
  'the hub is restored': restoreHub,
  'the archive is restored': restoreArchive,
  'the hub is lost': loseHub,
  'the power fails': failPower,
}
