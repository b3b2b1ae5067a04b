import type { Config } from '@fleetlake/contracts'
import { version } from '@fleetlake/service'
import type { Facts, Finding, Told } from './facts.ts'
import { lookAtArchive } from './gather/look-at-archive.ts'
import { lookAtHub } from './gather/look-at-hub.ts'
import { lookAtDisks, lookAtPorts } from './gather/look-at-machine.ts'
import { judgeArchive } from './judge-archive.ts'
import { judgeHub } from './judge-hub.ts'
import { judgeSettings } from './judge-settings.ts'
import { judgeWork } from './judge-work.ts'

/** Looks at everything, each part for so long at most, whatever of it is broken. */
export const gather = async (config: Config, timeoutMs: number): Promise<Facts> => {
  const [archive, disks, ports] = await Promise.all([
    lookAtArchive(config, timeoutMs),
    lookAtDisks(config, timeoutMs),
    lookAtPorts(config, timeoutMs),
  ])
  const { table, seen } = archive
  const offsets: Told<Readonly<Record<string, number>>> = table.isKnown
    ? { isKnown: true, value: table.value.offsets }
    : table
  return { config, version, disks, ports, ...archive, ...(await lookAtHub(config, timeoutMs, { offsets, seen })) }
}

/** What facts mean, and what to do. */
export const diagnose = (facts: Facts): Finding[] => [
  ...judgeSettings(facts),
  ...judgeHub(facts),
  ...judgeArchive(facts),
  ...judgeWork(facts),
]
