import { Command } from 'commander'
import { expect, test } from 'vitest'
import type { CommandContext } from './context.ts'
import { loadCommands } from './load-commands.ts'

const namesOf = async (name?: string): Promise<string[]> => {
  const program = new Command()
  for (const add of await loadCommands(name)) add(program, {} as CommandContext)
  return program.commands.map((command) => command.name())
}

test('each command is loaded by the name that it has, and no other with it', async () => {
  const names = await namesOf()
  expect(names.length).toBeGreaterThan(10)
  expect(await Promise.all(names.map(namesOf))).toEqual(names.map((name) => [name]))
})

test.each(['qeury', 'constructor', '', '-'])('all commands are loaded where "%s" is none of them', async (name) => {
  expect(await namesOf(name)).toEqual(await namesOf())
})
