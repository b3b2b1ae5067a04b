import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cameraOf, reachAround, screenX, screenY, type View } from './camera.ts'
import { ringX, ringY, UNITS_PER_HEIGHT } from './mercator-ring.ts'

const views: fc.Arbitrary<View> = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -80, max: 80, noNaN: true }),
  zoom: fc.double({ min: 2, max: 20, noNaN: true }),
  bearing: fc.double({ min: -180, max: 180, noNaN: true }),
  width: fc.constant(1280),
  height: fc.constant(800),
  x: fc.double({ min: 300, max: 900, noNaN: true }),
  y: fc.double({ min: 200, max: 600, noNaN: true }),
})

const NORTH_UP: View = {
  longitude: -56.17,
  latitude: -34.88,
  zoom: 14,
  bearing: 0,
  width: 1280,
  height: 800,
  x: 640,
  y: 400,
}

const onScreen = (view: View, longitude: number, latitude: number): [number, number] => {
  const camera = cameraOf(view)
  const [x, y] = [ringX(longitude), ringY(latitude)]
  return [screenX(camera, x, y), screenY(camera, x, y)]
}

test('the centre is where the view says, to the unit', () => {
  fc.assert(
    fc.property(views, (view) => {
      const [x, y] = onScreen(view, view.longitude, view.latitude)
      expect(Math.hypot(x - view.x, y - view.y)).toBeLessThan((512 * 2 ** view.zoom) / UNITS_PER_HEIGHT)
    }),
  )
})

test('what is within a radius of a point is within its reach', () => {
  const offsets = fc.double({ min: -1, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      views,
      fc.integer({ min: 0, max: 1280 }),
      fc.integer({ min: 0, max: 800 }),
      offsets,
      offsets,
      (view, x, y, east, south) => {
        const camera = cameraOf(view)
        const radiusPx = 20
        const reach = reachAround(camera, x, y, radiusPx)
        expect(Math.hypot(screenX(camera, reach.x, reach.y) - x, screenY(camera, reach.x, reach.y) - y)).toBeLessThan(
          0.3,
        )
        const place = [
          (reach.x + Math.round(east * 2 * reach.reachX)) | 0,
          reach.y + Math.round(south * 2 * reach.reachY),
        ] as const
        const distance = Math.hypot(screenX(camera, ...place) - x, screenY(camera, ...place) - y)
        const isReached =
          Math.abs((place[0] - reach.x) | 0) <= reach.reachX && Math.abs(place[1] - reach.y) <= reach.reachY
        if (distance <= radiusPx - 0.3) expect(isReached).toBe(true)
        if (isReached) expect(distance).toBeLessThanOrEqual(radiusPx * Math.SQRT2 + 1)
      },
    ),
  )
})

test('north is up, and east is up when the bearing is 90', () => {
  const north = onScreen(NORTH_UP, -56.17, -34.87)
  expect(north[0]).toBeCloseTo(640, 2)
  expect(north[1]).toBeLessThan(400)
  const east = onScreen({ ...NORTH_UP, bearing: 90 }, -56.16, -34.88)
  expect(east[0]).toBeCloseTo(640, 2)
  expect(east[1]).toBeLessThan(400)
})

test('the world is 512 pixels wide at zoom 0 and twice as wide with each step', () => {
  const at = { ...NORTH_UP, longitude: 0, latitude: 0 }
  expect(onScreen({ ...at, zoom: 0 }, 90, 0)[0] - 640).toBeCloseTo(128, 6)
  expect(onScreen({ ...at, zoom: 3 }, 90, 0)[0] - 640).toBeCloseTo(1024, 6)
})

test('a place just beyond the antimeridian is seen beside it', () => {
  const [x] = onScreen({ ...NORTH_UP, longitude: 179.999, latitude: 0 }, -179.999, 0)
  expect(x - 640).toBeCloseTo((0.002 / 360) * 512 * 2 ** 14, 1)
})
