import { humanCount, humanDuration, plural } from '@fleetlake/viewer-core'
import { generatedVehicleId, generationOptions, vehicleIdPrefix } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { type Hub, runGeneration } from '@fleetlake/hub'
import type { Command } from 'commander'
import { GENERATION_FLAGS, generationOf } from '../generate/generation-flags.ts'
import { INTERRUPTED } from '../terminal/interrupt.ts'
import { createProgress, type Progress } from '../terminal/progress.ts'
import { withHub } from '../terminal/with-hub.ts'
import { type CommandContext, examples, reads } from './context.ts'

type Generation = Parameters<typeof runGeneration>[1]
type Stats = Awaited<ReturnType<typeof runGeneration>>

export const addGenerate = (program: Command, context: CommandContext): void => {
  const command = program.command('generate').description('generate positions of simulated vehicles')
  const { shape } = generationOptions
  for (const [name, { flag, parse, stands }] of Object.entries(GENERATION_FLAGS)) {
    const description = (stands?.about ?? shape[name as keyof typeof shape].description ?? '')
      .replace('durationMs', '--duration')
      .replace('realTime', '--real-time')
    if (parse === undefined) command.option(flag, description)
    else command.option(flag, withDefault(name as keyof typeof shape, description), reads<unknown>(parse))
  }
  command
    .addHelpText(
      'after',
      examples(
        ['generate --vehicles 1500 --duration "1 h"', 'the last hour of 1,500 vehicles, as fast as possible'],
        ['generate --events 1M --seed 7 --types taxi,bus', 'a million positions, the same ones each time'],
        ['generate --measures temperature,driver_id', 'with measures beside the positions'],
        ['generate --shared-ids', 'of v-000001, v-000002 and so on, as every run with this flag'],
        ['generate --real-time --duration "8 h" --interval "5 s"', 'a fleet that reports live until tonight'],
      ) + '\nCtrl-C stops the run; what it has published stays. A second Ctrl-C ends the command at once.\n',
    )
    .action(async (kept: Record<string, unknown>) => {
      const options = generationOf(kept)
      check(options)
      await withHub(context.config(), context, (hub) => generate(hub, options, context))
    })
}

const withDefault = (name: keyof typeof generationOptions.shape, description: string): string => {
  const value = generationOptions.shape[name].safeParse(undefined).data
  if (value === undefined) return description
  const shown = name.endsWith('Ms') ? humanDuration(Number(value)) : humanCount(Number(value))
  return `${description} (default: ${shown})`
}

/** @throws FleetError `usage.invalid` with the flag */
const check = (options: Generation): void => {
  const result = generationOptions.safeParse(options)
  if (result.success) return
  const faults = result.error.issues.map(({ path, message }) => {
    const flag = GENERATION_FLAGS[path[0] as keyof typeof GENERATION_FLAGS]?.flag.split(' ')[0]
    return `${flag ?? path.join('.')}: ${message}`
  })
  throw new FleetError('usage.invalid', faults.join('; '))
}

const generate = async (
  hub: Hub,
  options: Generation,
  { terminal, signal, json, exitWith }: CommandContext,
): Promise<void> => {
  let bar: Progress | undefined
  const stopped = (): void => terminal.say('stopping the run; a second Ctrl-C ends the command at once')
  signal.addEventListener('abort', stopped, { once: true })
  try {
    const stats = await runGeneration(hub, options, {
      signal,
      onProgress: ({ phase, events, total, eventsPerSecond, note }) => {
        // How much it will be is not known at once.
        if (total === 0) return
        bar ??= createProgress({ title: 'generating', total, isWatched: terminal.isWatched })
        if (phase === 'flushing') bar.retitle('archiving')
        const held = note === undefined ? '' : ` · ${note}`
        bar.update(events, `${humanCount(events)} positions · ${humanCount(eventsPerSecond)}/s${held}`)
      },
    })
    bar?.stop()
    exitWith(exitCodeOf(stats))
    if (json()) terminal.print(JSON.stringify(stats))
    else terminal.print(describe(stats, options.vehicleIds))
  } finally {
    bar?.stop()
    signal.removeEventListener('abort', stopped)
  }
}

/** 3 says that the positions are in the hub but not yet known to be in the table. */
const exitCodeOf = ({ status, flushed }: Stats): number => {
  if (status === 'failed') return 1
  if (status === 'stopped') return INTERRUPTED
  return flushed ? 0 : 3
}

const describe = (stats: Stats, vehicleIds: Generation['vehicleIds'] = 'own'): string => {
  const { run, status, events, total, flushed, elapsedMs, eventsPerSecond, agents, from, to, error } = stats
  const outcome = status === 'complete' ? 'complete' : `${status} after ${humanCount(events)} of ${humanCount(total)}`
  const reason = error === undefined ? '' : `: ${error}`
  const archived = flushed ? 'all of them archived' : 'not yet known to be archived'
  const pace = `${humanDuration(elapsedMs)}, ${humanCount(eventsPerSecond)}/s, ${plural(agents, 'generator')}`
  const first = events === 0 ? '' : `; its first vehicle is ${generatedVehicleId(vehicleIdPrefix(run, vehicleIds), 0)}`
  return `${outcome}${reason}: ${plural(events, 'position')} of ${from} to ${to}, ${archived}; ${pace}${first}`
}
