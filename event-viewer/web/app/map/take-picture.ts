import type { Map as MapLibreMap } from 'maplibre-gl'
import { metresPerPixel, scaleOf } from './map-scale.ts'

/** Draws on the picture of the map, in device pixels of the map's canvas, within the frame in which it is asked. */
export type DrawOnPicture = (
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number; readonly pixelRatio: number },
) => void

export interface Picture {
  readonly drawn: Iterable<DrawOnPicture>
  readonly attribution: string
  /** Burnt in at the lower left, above the scale: a time, a title. */
  readonly caption?: string | undefined
}

/** How long a picture waits for tiles that are on their way. */
const PATIENCE_MS = 3000

/**
 * A PNG of the map as it is seen. The canvas is read in the frame that draws it: its buffer is not kept, which would cost every frame.
 * @throws Error when the browser makes no PNG
 */
export const takePicture = async (map: MapLibreMap, picture: Picture): Promise<Blob> => {
  if (!map.loaded()) {
    const idle = map.once('idle')
    map.triggerRepaint()
    await Promise.race([idle, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
  }
  const canvas = await new Promise<HTMLCanvasElement>((resolve) => {
    map.once('render', () => resolve(compose(map, picture)))
    map.triggerRepaint()
  })
  return await new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('The browser made no picture of the map.')) : resolve(blob)),
      'image/png',
    ),
  )
}

const compose = (map: MapLibreMap, { drawn, attribution, caption }: Picture): HTMLCanvasElement => {
  const from = map.getCanvas()
  const canvas = document.createElement('canvas')
  const { width, height } = from
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')!
  context.drawImage(from, 0, 0)
  const pixelRatio = width / from.clientWidth
  for (const draw of drawn) {
    context.save()
    draw(context, { width, height, pixelRatio })
    context.restore()
  }
  context.scale(pixelRatio, pixelRatio)
  write(context, map, { width: width / pixelRatio, height: height / pixelRatio, attribution, caption })
  return canvas
}

interface Written {
  readonly width: number
  readonly height: number
  readonly attribution: string
  readonly caption?: string | undefined
}

const MARGIN_PX = 10
const LINE_PX = 24

/** White on dark, on every map. */
const write = (
  context: CanvasRenderingContext2D,
  map: MapLibreMap,
  { width, height, attribution, caption }: Written,
): void => {
  const font = getComputedStyle(document.body).fontFamily
  const label = (text: string, x: number, y: number, align: 'left' | 'right', size: number): void => {
    context.font = `${size}px ${font}`
    const wide = context.measureText(text).width + 16
    const left = align === 'left' ? x : x - wide
    context.fillStyle = 'rgb(15 23 42 / 80%)'
    context.beginPath()
    context.roundRect(left, y - LINE_PX, wide, LINE_PX, 5)
    context.fill()
    context.fillStyle = '#f8fafc'
    context.textBaseline = 'middle'
    context.fillText(text, left + 8, y - LINE_PX / 2 + 0.5)
  }
  const bottom = height - MARGIN_PX
  const { label: distance, pixels } = scaleOf(metresPerPixel(map.getCenter().lat, map.getZoom()), 110)
  context.fillStyle = 'rgb(15 23 42 / 80%)'
  context.beginPath()
  context.roundRect(MARGIN_PX, bottom - 30, pixels + 16, 30, 5)
  context.fill()
  context.strokeStyle = context.fillStyle = '#f8fafc'
  context.lineWidth = 1.5
  context.strokeRect(MARGIN_PX + 8, bottom - 9, pixels, 0)
  context.font = `11px ${font}`
  context.fillText(distance, MARGIN_PX + 8, bottom - 14)
  if (caption !== undefined && caption !== '') label(caption, MARGIN_PX, bottom - 36, 'left', 14)
  if (attribution !== '') label(attribution, width - MARGIN_PX, bottom, 'right', 11)
}

/** Saves a picture of the map as a file with the time in its name. */
export const downloadPicture = (picture: Blob, time = new Date()): void => {
  const link = document.createElement('a')
  const url = URL.createObjectURL(picture)
  link.href = url
  link.download = `fleetlake-${time.toISOString().slice(0, 19).replaceAll(':', '')}Z.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
