import type { Map as MapLibreMap } from 'maplibre-gl'
import { Graphics, Particle, ParticleContainer, Container, WebGLRenderer } from 'pixi.js'
import type { LiveFrame } from '../app/hub/live/live-frame.ts'
import type { FoundRows } from '@fleetlake/viewer-core'
import { screenX, screenY, type Camera } from '../app/vehicles/geometry/camera.ts'
import { createFrameStats } from '../app/vehicles/layer/frame-stats.ts'
import { cameraOfMap, sizeOfMap } from '../app/vehicles/layer/map-view.ts'
import { ringX, ringY } from '../app/vehicles/geometry/mercator-ring.ts'
import { TYPE_COLOURS } from '../app/vehicles/looks/palette.ts'
import type { Measurable } from './measure.ts'

/** The same vehicles by Pixi's ParticleContainer: what they cost when the page itself places each of them in every frame. */
export interface ParticleLayer extends Measurable {
  destroy(): void
}

export const createParticleLayer = async (map: MapLibreMap): Promise<ParticleLayer> => {
  const canvas = document.createElement('canvas')
  canvas.style.cssText = 'position: absolute; inset: 0; pointer-events: none'
  const renderer = new WebGLRenderer()
  const size = sizeOfMap(map)
  await renderer.init({ canvas, ...size, backgroundAlpha: 0, resolution: map.getPixelRatio(), autoDensity: true })
  map.getCanvas().after(canvas)
  const texture = renderer.generateTexture(new Graphics().circle(0, 0, 4).fill(0xff_ff_ff))
  const container = new ParticleContainer({ dynamicProperties: { position: true, rotation: false, color: false } })
  const root = new Container({ children: [container] })
  const particles: Particle[] = []
  const stats = createFrameStats()
  let workMs = 0
  let isOver = false

  const addParticle = (vehicle: number): void => {
    const colours = TYPE_COLOURS.dark
    particles[vehicle] = new Particle({ texture, anchorX: 0.5, anchorY: 0.5, tint: colours[vehicle % colours.length] })
    container.addParticle(particles[vehicle])
  }

  const live = createGlides()
  let replay = createCursors(undefined)
  let place: (camera: Camera, particles: readonly Particle[]) => void = live.place

  const draw = (): void => {
    if (isOver) return
    const before = performance.now()
    place(cameraOfMap(map, size), particles)
    renderer.render(root)
    stats.add(performance.now() - before + workMs)
    workMs = 0
    requestAnimationFrame(draw)
  }
  requestAnimationFrame(draw)

  return {
    show: (scene) => {
      place = scene === 'live' ? live.place : replay.place
    },
    live: {
      apply: (frame, nowMs) => {
        const before = performance.now()
        live.apply(frame, nowMs)
        while (particles.length < live.count()) addParticle(particles.length)
        workMs += performance.now() - before
      },
    },
    replay: {
      load: async (found) => {
        replay = createCursors(found)
        while (particles.length < found.ids.length) addParticle(particles.length)
      },
      setTime: (timeMs) => replay.setTime(timeMs),
    },
    frameStats: () => ({ jsMs: stats.list() }),
    destroy: () => {
      isOver = true
      canvas.remove()
      renderer.destroy()
    },
  }
}

const put = (particle: Particle, camera: Camera, x: number, y: number): void => {
  particle.x = screenX(camera, x, y)
  particle.y = screenY(camera, x, y)
}

interface Glides {
  apply(frame: LiveFrame, nowMs: number): void
  place(camera: Camera, particles: readonly Particle[]): void
  count(): number
}

const createGlides = (): Glides => {
  const glides: { fromX: number; fromY: number; toX: number; toY: number; startMs: number; glideMs: number }[] = []
  const partAt = (nowMs: number, startMs: number, glideMs: number): number =>
    glideMs > 0 ? Math.min(1, (nowMs - startMs) / glideMs) : 1
  return {
    count: () => glides.length,
    apply: ({ reports }, nowMs) => {
      for (let row = 0; row < reports.length; row += 1) {
        const [toX, toY] = [ringX(reports.longitude[row]), ringY(reports.latitude[row])]
        const before = glides[reports.vehicle[row]]
        const part = before === undefined ? 1 : partAt(nowMs, before.startMs, before.glideMs)
        glides[reports.vehicle[row]] = {
          fromX: before === undefined ? toX : before.fromX + (before.toX - before.fromX) * part,
          fromY: before === undefined ? toY : before.fromY + (before.toY - before.fromY) * part,
          toX,
          toY,
          startMs: nowMs,
          glideMs: reports.glideMs[row],
        }
      }
    },
    place: (camera, particles) => {
      const nowMs = performance.now()
      for (let vehicle = 0; vehicle < glides.length; vehicle += 1) {
        const { fromX, fromY, toX, toY, startMs, glideMs } = glides[vehicle]
        const part = partAt(nowMs, startMs, glideMs)
        put(particles[vehicle], camera, fromX + (toX - fromX) * part, fromY + (toY - fromY) * part)
      }
    },
  }
}

interface Cursors {
  setTime(timeMs: number): void
  place(camera: Camera, particles: readonly Particle[]): void
}

/** Each vehicle remembers the row at which it is, and goes on from there. */
const createCursors = (found: FoundRows | undefined): Cursors => {
  let time = 0
  const cursors = found === undefined ? new Uint32Array(0) : found.start.slice(0, -1)
  const x = Int32Array.from(found?.longitude ?? [], ringX)
  const y = Int32Array.from(found?.latitude ?? [], ringY)
  return {
    setTime: (timeMs) => {
      time = timeMs
    },
    place: (camera, particles) => {
      if (found === undefined) return
      for (let vehicle = 0; vehicle < cursors.length; vehicle += 1) {
        const end = found.start[vehicle + 1] - 1
        let row = cursors[vehicle]
        if (found.eventTime[row] > time) row = found.start[vehicle]
        while (row < end && found.eventTime[row + 1] <= time) row += 1
        cursors[vehicle] = row
        const next = Math.min(row + 1, end)
        const lasts = found.eventTime[next] - found.eventTime[row]
        const part = lasts > 0 ? Math.max(0, (time - found.eventTime[row]) / lasts) : 0
        put(particles[vehicle], camera, x[row] + (x[next] - x[row]) * part, y[row] + (y[next] - y[row]) * part)
      }
    },
  }
}
