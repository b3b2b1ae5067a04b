import { expect, test } from 'vitest'
import { readThrough } from './read-through.ts'
import { startMemoryProvisioned } from '../testing/memory-hub.ts'
import { range, stageOn } from './testing/read-stage.ts'

const start = async () => {
  const { hub, server } = await startMemoryProvisioned({ count: 1 })
  const read = async (last: number, act: (sequence: number) => void = () => undefined): Promise<number[]> => {
    const sequences: number[] = []
    const options = { stream: 'MOVES_0', last, askBytes: 128 * 1024 }
    for await (const { sequence } of readThrough(hub, options)) {
      sequences.push(sequence)
      act(sequence)
    }
    return sequences
  }
  return { ...stageOn(hub), server, read }
}

test('each message comes once and in order, over broken connections and a server that was started again', async () => {
  const { hub, server, store, read } = await start()
  await store(60, 8 * 1024)
  const found = await read(50, (sequence) => {
    if (sequence % 10 === 5) server.cut(hub.uid)
    if (sequence === 30) {
      server.stop()
      server.start()
    }
  })
  expect(found).toEqual(range(1, 50))
})

test('what was deleted is left out, also at the end, and what comes meanwhile', async () => {
  const { store, streams, read } = await start()
  await store(6)
  await streams.deleteMessage('MOVES_0', 2)
  await streams.deleteMessage('MOVES_0', 6)
  expect(await read(6)).toEqual([1, 3, 4, 5])
  await store(2)
  expect(await read(7)).toEqual([1, 3, 4, 5, 7])
  await streams.purge('MOVES_0', { through: 8 })
  expect(await read(8)).toEqual([])
})

test('a stream that is not there is told', async () => {
  const { streams, read } = await start()
  await streams.drop('MOVES_0')
  await expect(read(1)).rejects.toMatchObject({ refusal: 'stream-missing' })
})
