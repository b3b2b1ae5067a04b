import { expect, test } from 'vitest'
import { createFramePump, type FrameSink } from './frame-pump.ts'

interface Page extends FrameSink<number> {
  readonly got: number[]
  isEnded: boolean
  /** The page is done with the frame that it has. */
  done(): void
}

const pageOf = (): Page => {
  const waiting: (() => void)[] = []
  const page: Page = {
    got: [],
    isEnded: false,
    give: (frame) => {
      page.got.push(frame)
      return new Promise((resolve) => waiting.push(resolve))
    },
    end: () => {
      page.isEnded = true
    },
    done: () => waiting.shift()?.(),
  }
  return page
}

const pumpOf = (): { pump: ReturnType<typeof createFramePump<number>>; taken: () => number; faults: unknown[] } => {
  let taken = 0
  const faults: unknown[] = []
  const pump = createFramePump<number>(
    () => ++taken,
    (fault) => faults.push(fault),
  )
  return { pump, taken: () => taken, faults }
}

test('the next frame is taken only once the page is done with the one before', async () => {
  const { pump, taken } = pumpOf()
  await pump.pump()
  expect(taken()).toBe(0)
  const page = pageOf()
  pump.giveTo(page)
  const first = pump.pump()
  await pump.pump()
  expect([page.got, taken()]).toEqual([[1], 1])
  page.done()
  await first
  void pump.pump()
  expect(page.got).toEqual([1, 2])
})

test('a page that is hidden is given nothing, and goes on where it was once it is seen', async () => {
  const { pump } = pumpOf()
  const page = pageOf()
  pump.giveTo(page)
  pump.setVisible(false)
  await pump.pump()
  expect(page.got).toEqual([])
  pump.setVisible(true)
  void pump.pump()
  expect(page.got).toEqual([1])
})

test('who is replaced ends after its last frame, and the next is given nothing before', async () => {
  const { pump } = pumpOf()
  const [before, after] = [pageOf(), pageOf()]
  pump.giveTo(before)
  const last = pump.pump()
  pump.giveTo(after)
  await pump.pump()
  expect([before.isEnded, after.got]).toEqual([false, []])
  before.done()
  await last
  void pump.pump()
  expect([before.got, before.isEnded, after.got, after.isEnded]).toEqual([[1], true, [2], false])
})

test('who is replaced between frames ends at once', () => {
  const { pump } = pumpOf()
  const [before, after] = [pageOf(), pageOf()]
  pump.giveTo(before)
  pump.giveTo(after)
  expect([before.isEnded, after.isEnded]).toEqual([true, false])
})

test('a page that fails is told of, and gets the next frame all the same', async () => {
  const { pump, faults } = pumpOf()
  const got: number[] = []
  pump.giveTo({
    give: async (frame) => {
      got.push(frame)
      throw new Error('broken')
    },
    end: () => undefined,
  })
  await pump.pump()
  await pump.pump()
  expect([got, faults]).toEqual([
    [1, 2],
    [new Error('broken'), new Error('broken')],
  ])
})
