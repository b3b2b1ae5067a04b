import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fault } from '@fleetlake/core/testing'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { fileOutput, printablePieces } from './output.ts'

test('a file appears when it is whole, over the one that was there', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'out.csv')
  writeFileSync(path, 'old')
  const output = fileOutput(path)
  await output.write('a\n')
  await output.write('x'.repeat(1_000_000))
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(await output.keep()).toBe(path)
  expect(readFileSync(path, 'utf8')).toBe(`a\n${'x'.repeat(1_000_000)}`)
  expect(readdirSync(folder)).toEqual(['out.csv'])
})

test('one that is not whole has another name, one that is given up leaves nothing', async () => {
  const folder = await temporaryFolder()
  const partial = fileOutput(join(folder, 'a.csv'))
  await partial.write('a')
  expect(await partial.keep('.partial')).toBe(join(folder, 'a.csv.partial'))
  const given = fileOutput(join(folder, 'b.csv'))
  await given.write('b')
  await given.discard()
  expect(readdirSync(folder)).toEqual(['a.csv.partial'])
})

test('a folder that is not there is told', async () => {
  const output = fileOutput(join(await temporaryFolder(), 'no', 'out.csv'))
  const write = async (): Promise<void> => {
    await output.write('a')
    await output.keep()
  }
  await expect(write()).rejects.toThrow(fault('store.failed', /.*out\.csv can't be written/))
})

test('pieces of a text are shown as a terminal may show them, also where they end within a character', () => {
  const show = printablePieces()
  const bytes = new TextEncoder().encode('né\x1b[2J\u009b')
  expect([...bytes].map((byte) => show(Uint8Array.of(byte))).join('')).toBe(String.raw`né\u001b[2J\u009b`)
  expect(show('id\x07\n')).toBe('id\\u0007\n')
})
