import type { ViewBounds } from '../shell/view-bounds.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundsToWatch } from './watched-bounds.ts'

const view: fc.Arbitrary<ViewBounds> = fc
  .record({
    west: fc.double({ min: -200, max: 170, noNaN: true }),
    south: fc.double({ min: -85, max: 80, noNaN: true }),
    width: fc.double({ min: 1e-3, max: 300, noNaN: true }),
    height: fc.double({ min: 1e-3, max: 5, noNaN: true }),
  })
  .map(({ west, south, width, height }) => [west, south, west + width, south + height])

describe('the watched bounds', () => {
  it('always hold the view, and are never much wider', () => {
    fc.assert(
      fc.property(fc.array(view, { minLength: 1 }), (views) => {
        let watched: ViewBounds | undefined
        for (const each of views) {
          watched = boundsToWatch(each, watched)
          expect(watched[0] <= each[0] && watched[1] <= each[1] && watched[2] >= each[2] && watched[3] >= each[3]).toBe(
            true,
          )
          expect((watched[2] - watched[0]) / (each[2] - each[0])).toBeLessThan(5.2)
        }
      }),
    )
  })

  it('stay the same for a small step, and for a look closer', () => {
    const watched = boundsToWatch([-10, -10, 10, 10], undefined)
    expect(watched).toEqual([-17, -17, 17, 17])
    expect(boundsToWatch([-5, -10, 15, 10], watched)).toBe(watched)
    expect(boundsToWatch([-8, -8, 8, 8], watched)).toBe(watched)
    expect(boundsToWatch([-1, -1, 1, 1], watched)).toEqual([-1.7, -1.7, 1.7, 1.7])
    expect(boundsToWatch([0, -10, 20, 10], watched)).toEqual([-7, -17, 27, 17])
  })

  it('end at the poles', () => {
    expect(boundsToWatch([-180, -85, 180, 85], undefined)).toEqual([-306, -90, 306, 90])
  })
})
