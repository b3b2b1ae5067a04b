import type { Command } from 'commander'
import { parseTimer } from '../options.ts'
import { createShow } from '../stats/show-board.ts'
import { watchFleet } from '../stats/watch-fleet.ts'
import { withHub } from '../terminal/with-hub.ts'
import { type CommandContext, examples, reads } from './context.ts'

export const addStats = (program: Command, context: CommandContext): void => {
  program
    .command('stats')
    .description('show what is archived and which services run, every second')
    .option('--for <duration>', 'stop after this time (default: run until Ctrl-C)', reads(parseTimer))
    .addHelpText(
      'after',
      examples(
        ['stats', 'totals, rates and every service, until Ctrl-C'],
        ['stats --for "10 s" --json | tail -1', 'the state after ten seconds as one JSON object'],
      ) + '\nTotals count from the start of the command. With --json it prints one object a second.\n',
    )
    .action(async (options: { for?: number }) => {
      const { terminal, stdout } = context
      // It would go on for ever: it ends when its reader has gone.
      const signal = AbortSignal.any([context.signal, stdout.closed])
      const ends = options.for === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(options.for)])
      await withHub(context.config(), context, (hub) =>
        watchFleet(hub, { show: createShow(context.json(), terminal.print), signal: ends }),
      )
    })
}
