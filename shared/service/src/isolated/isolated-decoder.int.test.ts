import { execFileSync } from 'node:child_process'
import { CONTENT_TYPES, decodeMove } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { fault } from '@fleetlake/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createIsolatedDecoder, type IsolatedDecoderOptions } from './isolated-decoder.ts'
import { poisonOf } from '../testing/decoder.ts'

const module = new URL('../testing/decoder.ts', import.meta.url).href
const open = (options: IsolatedDecoderOptions = {}) => {
  const decoder = createIsolatedDecoder({ module, ...options })
  onTestFinished(() => decoder.close())
  return decoder
}

const row = {
  vehicleId: 'v-1',
  vehicleType: 'bus',
  eventTime: 5,
  longitude: 1,
  latitude: 2,
  speed: NaN,
  heading: 4,
}
const payload = encodePositions(positionsOfRows([row, { ...row, vehicleId: 'v-2' }]))

test('a message decoded in a process of its own is what it is here', async () => {
  const decoder = createIsolatedDecoder()
  onTestFinished(() => decoder.close())
  // A view into something larger, as readers hand it out.
  const view = new Uint8Array(payload.length + 3)
  view.set(payload, 3)
  expect(await decoder.decode(view.subarray(3), CONTENT_TYPES.arrow)).toEqual(decodeMove(payload, CONTENT_TYPES.arrow))
  const malformed = new TextEncoder().encode('{')
  for (const type of [CONTENT_TYPES.json, CONTENT_TYPES.arrow, undefined]) {
    expect(await decoder.decode(malformed, type)).toEqual(await decodeMove(malformed, type))
  }
})

test('what hangs, crashes or eats memory is judged, message by message, and the others are decoded', async () => {
  const decoder = open({ deadlineMs: 2_000, memoryBytes: 256 * 1024 ** 2 })
  const [before, spin, between, crash, heap, arrays, after] = await Promise.all([
    decoder.decode(payload, CONTENT_TYPES.arrow),
    decoder.decode(poisonOf('spin'), CONTENT_TYPES.arrow),
    decoder.decode(payload, CONTENT_TYPES.arrow),
    decoder.decode(poisonOf('crash'), CONTENT_TYPES.arrow),
    open().decode(poisonOf('heap'), CONTENT_TYPES.arrow),
    open().decode(poisonOf('arrays'), CONTENT_TYPES.arrow),
    decoder.decode(payload, CONTENT_TYPES.arrow),
  ])
  expect([before, between, after].map(({ rows }) => rows?.length)).toEqual([2, 2, 2])
  expect(spin.reason).toBe('decoding took more than 2 s, 2 times, alone')
  expect(crash.reason).toBe('decoding crashes (SIGABRT), 2 times, alone')
  // Which limit is met first is the machine's to say.
  expect(heap.reason).toMatch(
    /^decoding (crashes \(SIG(ABRT|TRAP|ILL)\)|needed more than 512 MiB|took more .*), 2 times, alone$/,
  )
  expect(arrays.reason).toMatch(/^decoding (needed more than 512 MiB|took more than 10 s), 2 times, alone$/)
})

test('that its process is killed, again and again, is not the fault of the message', async () => {
  const decoder = open({ deadlineMs: 4_000 })
  const judged = decoder.decode(poisonOf('spin'), CONTENT_TYPES.arrow)
  let isJudged = false
  void judged.then(() => {
    isJudged = true
  })
  const seen = new Set<number>()
  while (!isJudged) {
    for (const pid of childrenOf(process.pid)) {
      if (seen.has(pid) || seen.size >= 4) continue
      seen.add(pid)
      process.kill(pid, 'SIGKILL')
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect((await judged).reason).toBe('decoding took more than 4 s, 2 times, alone')
  expect(seen.size).toBe(4)
})

test('one that is closed in the middle of a message says so', async () => {
  const decoder = open()
  const judged = decoder.decode(poisonOf('spin'), CONTENT_TYPES.arrow)
  decoder.close()
  await expect(judged).rejects.toThrow(fault('service.failed', 'the decoder is closed'))
})

/** The decoders that run below a process. */
const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-o', 'pid=,command=', '--ppid', String(pid)])
    .toString()
    .split('\n')
    .filter((line) => line.includes('decode-process'))
    .map((line) => Number.parseInt(line, 10))
