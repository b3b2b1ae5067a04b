import type { OpenedPage } from '@fleetlake/testing/browser'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBench, type BenchBrowser } from '../../../bench/open-bench.ts'
import { bytesOf, TYPE_COLOURS } from '../looks/palette.ts'

/** The layer on a bare map in a real browser, whose content security policy forbids eval. What is drawn is read back from its canvas. */
let browser: BenchBrowser
let opened: OpenedPage
let page: Page

beforeAll(async () => {
  browser = await openBench()
  opened = await browser.open({ width: 800, height: 600 })
  page = opened.page
})

afterAll(async () => {
  await browser?.close()
})

const TYPES = ['car', 'taxi', 'van', 'truck', 'bus'].map((_, slot) => [...bytesOf(TYPE_COLOURS.dark[slot]), 255])
const NOTHING = [0, 0, 0, 0]

test('the camera is the map’s own, whatever its place, zoom and bearing', async () => {
  const worst = await page.evaluate(() => {
    let error = 0
    for (let i = 0; i < 200; i += 1) {
      const centre: [number, number] = [((i * 37) % 360) - 180, ((i * 53) % 140) - 70]
      const zoom = 3 + (i % 170) / 10
      bench.map.jumpTo({ center: centre, zoom, bearing: (i * 71) % 360, padding: { left: i } })
      const beside = 0.5 / 2 ** (zoom - 8)
      // Places are whole units of 2 cm: what remains is their rounding.
      const unitPx = (512 * 2 ** zoom) / 2 ** 31
      error = Math.max(error, bench.cameraError(centre[0] + beside, centre[1] - beside / 2) - unitPx)
    }
    bench.map.jumpTo({ center: [-56.17, -34.88], zoom: 16, bearing: 0, padding: { left: 0 } })
    return error
  })
  expect(worst).toBeLessThan(0.01)
})

test('live vehicles are drawn in their colours where they are, while they glide, and nowhere else', async () => {
  const seen = await page.evaluate(async () => {
    const { layer, map } = bench
    layer.show('live')
    const apply = (eventTime: number, shift: number): void =>
      layer.live.apply(bench.frameOf({ vehicles: 5, eventTime, shift }), performance.now())
    apply(1, 0)
    apply(2, 0.001)
    // Somewhere on its way.
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const places = [0, 1, 2, 3, 4].map((vehicle) => layer.live.placeOf(vehicle, performance.now()))
    const points = places.map((place) => map.project([place!.longitude, place!.latitude]))
    const aside = points.map(({ x, y }) => ({ x, y: y + 30 }))
    return { drawn: bench.colours(points), aside: bench.colours(aside), count: layer.live.count() }
  })
  expect(seen).toEqual({ drawn: TYPES, aside: TYPES.map(() => NOTHING), count: 5 })
})

test('a pick finds the vehicle under the pointer, and none beside', async () => {
  const picked = await page.evaluate(() => {
    const place = bench.layer.live.placeOf(3, performance.now())!
    const { x, y } = bench.map.project([place.longitude, place.latitude])
    return [bench.layer.pick({ x: x + 3, y }, 8)?.vehicle, bench.layer.pick({ x, y: y + 30 }, 8)?.vehicle]
  })
  expect(picked).toEqual([3, undefined])
})

test('a highlighted vehicle is in a ring', async () => {
  const colours = await page.evaluate(() => {
    const { layer, map } = bench
    layer.highlight(2)
    const place = layer.live.placeOf(2, performance.now())!
    const at = map.project([place.longitude, place.latitude])
    const around = Array.from({ length: 24 }, (_, radius) => ({ x: at.x, y: at.y + radius }))
    const lit = bench.colours(around).filter(([red, green, blue]) => red === 0x38 && green === 0xbd && blue === 0xf8)
    layer.highlight(undefined)
    const dark = bench.colours(around).filter(([red, green, blue]) => red === 0x38 && green === 0xbd && blue === 0xf8)
    return { lit: lit.length > 0, dark: dark.length }
  })
  expect(colours).toEqual({ lit: true, dark: 0 })
})

test('what glided leaves a trail when asked, and none when not', async () => {
  const lit = await page.evaluate(async () => {
    const { layer, map } = bench
    layer.live.clear()
    layer.live.setTrails(30)
    const first = bench.frameOf({ vehicles: 1, eventTime: 10, shift: 0 })
    layer.live.apply(first, performance.now() - 4000)
    layer.live.apply(bench.frameOf({ vehicles: 1, eventTime: 11, shift: 0.002 }), performance.now() - 3000)
    layer.live.apply(bench.frameOf({ vehicles: 1, eventTime: 12, shift: 0.004 }), performance.now())
    const behind = map.project([first.reports.longitude[0] + 0.0003, first.reports.latitude[0]])
    const withTrail = bench.colours([behind])[0][3] > 0
    layer.live.setTrails(0)
    return [withTrail, bench.colours([behind])[0][3] > 0]
  })
  expect(lit).toEqual([true, false])
})

test('a replay shows at each instant who was there, where they were, and hides who is hidden', async () => {
  const seen = await page.evaluate(async () => {
    const { layer, map } = bench
    const found = bench.createSyntheticFleet(2000).rows(20, 1_000_000)
    await layer.replay.load(found)
    layer.show('replay')
    map.jumpTo({ zoom: 15.2 })
    await map.once('idle')
    // Those that no other vehicle covers.
    const wrong: unknown[] = []
    let checked = 0
    for (const timeMs of [1_000_500, 1_007_301, 1_050_000, 1_094_999]) {
      layer.replay.setTime(timeMs)
      const points = found.ids.map((_, vehicle) => {
        const place = layer.replay.placeOf(vehicle, timeMs)
        return place === undefined ? undefined : map.project([place.longitude, place.latitude])
      })
      const drawn = points.flatMap((point, vehicle) => (point === undefined ? [] : [{ point, vehicle }]))
      const alone = drawn.filter(
        ({ point, vehicle }) =>
          point.x > 20 &&
          point.x < 780 &&
          point.y > 20 &&
          point.y < 580 &&
          drawn.every(
            (other) => other.vehicle === vehicle || Math.hypot(other.point.x - point.x, other.point.y - point.y) > 40,
          ),
      )
      const colours = bench.colours(alone.map(({ point }) => point))
      for (const [index, { vehicle }] of alone.entries()) {
        checked += 1
        const [red, green, blue, alpha] = colours[index]
        const hex = `#${[red, green, blue].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
        if (alpha !== 255 || hex !== bench.palette.colourOf(found.types[found.type[vehicle]], 'dark'))
          wrong.push([vehicle, colours[index]])
      }
      layer.replay.setVisible(found.ids.keys().filter((vehicle) => alone[0]?.vehicle !== vehicle))
      if (alone.length > 0 && bench.colours([alone[0].point])[0][3] !== 0) wrong.push(['hidden', alone[0].vehicle])
      layer.replay.setVisible(undefined)
    }
    return { checked, wrong }
  })
  expect(seen.wrong).toEqual([])
  expect(seen.checked).toBeGreaterThan(20)
})

test('nothing is drawn while nothing changes, and a change is drawn once', async () => {
  const frames = await page.evaluate(async () => {
    const { layer } = bench
    const framesLater = async (): Promise<number> => {
      for (let frame = 0; frame < 10; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
      return bench.frameCount()
    }
    const first = await framesLater()
    const still = await framesLater()
    layer.replay.setTime(1_003_000)
    layer.replay.setColourBy('speed')
    const changed = await framesLater()
    layer.replay.setColourBy('type')
    return [still - first, changed - still]
  })
  expect(frames).toEqual([0, 1])
})

test('a map that is not seen is not drawn on, and drawn on again when it is', async () => {
  const frames = await page.evaluate(async () => {
    const { layer, map } = bench
    map.getContainer().style.visibility = 'hidden'
    const before = bench.frameCount()
    layer.replay.setTime(1_004_000)
    for (let frame = 0; frame < 10; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
    const unseen = bench.frameCount() - before
    map.getContainer().style.visibility = ''
    while (bench.frameCount() === before) await new Promise((resolve) => requestAnimationFrame(resolve))
    return unseen
  })
  expect(frames).toBe(0)
})

test('a lost context comes back with everything that was on it', async () => {
  const seen = await page.evaluate(async () => {
    const { layer, map } = bench
    layer.show('live')
    layer.live.clear()
    map.jumpTo({ zoom: 16 })
    await map.once('idle')
    layer.live.apply(bench.frameOf({ vehicles: 5, eventTime: 100, shift: 0 }), performance.now())
    const points = [0, 1, 2, 3, 4].map((vehicle) => {
      const place = layer.live.placeOf(vehicle, performance.now())!
      return map.project([place.longitude, place.latitude])
    })
    const before = bench.colours(points)
    const loss = layer.canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!
    const restored = new Promise((resolve) => {
      layer.canvas.addEventListener('webglcontextrestored', resolve, { once: true })
    })
    loss.loseContext()
    await new Promise((resolve) => {
      layer.canvas.addEventListener('webglcontextlost', resolve, { once: true })
    })
    // It may be restored once the event has been dealt with.
    await new Promise((resolve) => requestAnimationFrame(resolve))
    // Told while there is nothing to draw on.
    layer.live.apply(bench.frameOf({ vehicles: 5, eventTime: 101, shift: 0 }), performance.now())
    loss.restoreContext()
    await restored
    return { before, after: bench.colours(points) }
  })
  expect(seen).toEqual({ before: TYPES, after: TYPES })
})

test('the canvas is as fine as the screen and as large as the map', async () => {
  const { page: fine, close } = await browser.open({ width: 390, height: 844, pixelRatio: 3 })
  const sizes = async (): Promise<unknown> =>
    fine.evaluate(async () => {
      bench.layer.show('live')
      await new Promise((resolve) => bench.map.once('idle', resolve).triggerRepaint())
      const { width, height, clientWidth, clientHeight } = bench.layer.canvas
      return { width, height, clientWidth, clientHeight }
    })
  expect(await sizes()).toEqual({ width: 1170, height: 2532, clientWidth: 390, clientHeight: 844 })
  await fine.setViewportSize({ width: 500, height: 400 })
  await fine.waitForFunction(() => bench.map.getCanvas().clientWidth === 500)
  expect(await sizes()).toEqual({ width: 1500, height: 1200, clientWidth: 500, clientHeight: 400 })
  await close()
})

test('in all of this the page did nothing wrong, and its policy had nothing to refuse', () => {
  expect(opened.problems).toEqual([])
})
