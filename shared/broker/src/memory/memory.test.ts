import { describeBroker } from '../testing/conformance.ts'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryServer } from './server.ts'

describeBroker('memory', async ({ maxFileBytes }) => {
  const server = createMemoryServer({ maxFileBytes })
  return {
    connect: async (name) => server.connect({ name }),
    kill: async () => server.stop(),
    start: async () => server.start(),
    freeze: async () => server.freeze(),
    thaw: async () => server.thaw(),
  }
})

test('a process that is killed while it is cut off is never heard of again', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const server = createMemoryServer()
  const told: string[] = []
  const connect = (name: string) => server.connect({ name, onStatus: ({ state }) => told.push(`${name} ${state}`) })
  connect('killed')
  connect('cut off')
  await vi.advanceTimersByTimeAsync(1_000)
  for (const name of ['killed', 'cut off']) server.isolate(name)
  server.kill('killed')
  told.length = 0
  for (const name of ['killed', 'cut off']) server.letIn(name)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(told).toEqual(['cut off connected'])
})
