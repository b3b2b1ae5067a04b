import type { Command } from 'commander'
import { plural } from '@fleetlake/viewer-core'
import { diagnose, gather } from '../doctor/diagnose.ts'
import type { Finding } from '../doctor/facts.ts'
import { parseTimer } from '../options.ts'
import { renderTable } from '../terminal/render-table.ts'
import { type CommandContext, examples, reads } from './context.ts'

/** Something is broken. */
const BROKEN = 1
const TIMEOUT_MS = 5_000
const COLOURS = { ok: 'green', warning: 'yellow', fault: 'red' } as const

export const addDoctor = (program: Command, context: CommandContext): void => {
  program
    .command('doctor')
    .description(
      'look at the hub, the archive, the services and this machine, and say what to do; exit code 1 when something is broken',
    )
    .option('--timeout <duration>', 'how long each part may take (default: 5 s)', reads(parseTimer))
    .addHelpText(
      'after',
      `${examples(
        ['doctor', 'one line for each check'],
        ['doctor --json | jq -c "select(.state != \\"ok\\")"', 'what is not well, for programs'],
      )}\nIt works when half of a deployment is broken. It writes an object to the archive, and deletes it. See docs/operations/doctor.md.\n`,
    )
    .action(async ({ timeout = TIMEOUT_MS }: { timeout?: number }) => {
      const findings = diagnose(await gather(context.config(), timeout))
      tell(findings, context)
      if (findings.some(({ state }) => state === 'fault')) context.exitWith(BROKEN)
      // What was asked and has not answered is not waited for.
      context.endAtOnce()
    })
}

const tell = (findings: readonly Finding[], { terminal, json }: CommandContext): void => {
  if (json()) return findings.forEach((finding) => terminal.print(JSON.stringify(finding)))
  const lines = renderTable(
    findings.map(({ state, check, what, todo }) => [state, check, todo === undefined ? what : `${what} → ${todo}`]),
  )
  lines.forEach((line) => terminal.print(line))
  const count = (of: Finding['state']): number => findings.filter(({ state }) => state === of).length
  const [faults, warnings, unknowns] = [count('fault'), count('warning'), count('unknown')]
  terminal.say(
    `${plural(faults, 'fault')}, ${plural(warnings, 'warning')}${unknowns === 0 ? '' : `, ${unknowns} unknown`}`,
    COLOURS[faults > 0 ? 'fault' : warnings + unknowns > 0 ? 'warning' : 'ok'],
  )
}
