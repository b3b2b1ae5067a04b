import { reasonOf } from '@fleetlake/core'
import { isAllowed, type MayLose } from './durability/is-allowed.ts'
import { playPowerLoss, type PowerLoss } from './durability/power-loss.ts'
import { checkStrace } from './durability/traced-server.ts'
import { readOptions, wholeNumber } from './read-options.ts'

const usage = `npm run test:durability -- [--seconds 15] [--only text]

What is left of acknowledged positions when all nats-servers and collectors end at once: killed, or with the power, after which a disk holds what was synced, or with damage on the disk of one of three.
Needs Linux and strace.`

type Case = Omit<PowerLoss, 'seconds'> & { readonly name: string; readonly mayLose: MayLose }

const KILLED_OR_WITHOUT_POWER: readonly Case[] = ([1, 3] as const).flatMap((nodes) => [
  { name: `${nodes} killed, 10s`, nodes, syncInterval: '10s', isKillOnly: true, mayLose: 'nothing' },
  { name: `${nodes} without power, 10s`, nodes, syncInterval: '10s', isKillOnly: false, mayLose: 'anything' },
  { name: `${nodes} without power, always`, nodes, syncInterval: 'always', isKillOnly: false, mayLose: 'nothing' },
])

const DAMAGED: readonly Case[] = (['bit flipped', 'block cut', 'block gone'] as const).flatMap((what) =>
  (['leader', 'follower'] as const).map((of) => ({
    name: `3 killed, ${what} of a ${of}, always`,
    nodes: 3 as const,
    syncInterval: 'always',
    isKillOnly: true,
    damage: { what, of },
    mayLose: 'what is told',
  })),
)

const CASES = [...KILLED_OR_WITHOUT_POWER, ...DAMAGED]

const main = async (): Promise<number> => {
  const options = readOptions('npm run test:durability', process.argv.slice(2), {
    seconds: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean' },
  })
  if (options.help) {
    console.log(usage)
    return 0
  }
  await checkStrace()
  const seconds = wholeNumber('seconds', options.seconds, 1)
  console.log(
    '| nats-servers, `sync_interval` | acknowledged | lost | of these recorded as lost | as perhaps lost | told by nothing |',
  )
  console.log('|---|---|---|---|---|---|')
  let isRight = true
  for (const { name, mayLose, ...one } of CASES.filter((each) => each.name.includes(options.only))) {
    const report = await playPowerLoss({ ...one, seconds })
    const { acknowledged, lost, told, perhaps } = report
    if (report.isStuck === true)
      console.log(`| ${name} | ${acknowledged} | the stream does not take or give messages again within 90 s | | | |`)
    else console.log(`| ${name} | ${acknowledged} | ${lost} | ${told} | ${perhaps} | ${lost - told - perhaps} |`)
    isRight &&= isAllowed(report, mayLose)
  }
  if (!isRight)
    console.error(
      'nothing was acknowledged, positions were lost that should not be, or lost without a word, or a stream did not come back',
    )
  return isRight ? 0 : 1
}

try {
  process.exit(await main())
} catch (error) {
  console.error(reasonOf(error))
  process.exit(1)
}
