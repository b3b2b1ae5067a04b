import {
  Buffer,
  BufferImageSource,
  BufferUsage,
  Geometry,
  Mesh,
  Shader,
  UniformGroup,
  type GlProgram,
  type TextureSource,
} from 'pixi.js'
import { markClean, MAX_PAGE_SEGMENTS, SEGMENTS_PER_ROW, type SegmentPage } from '../segments/segment-page.ts'

/** Everything that the programs of one scene share: uniforms and textures by name. */
export type SceneResources = Readonly<Record<string, UniformGroup | TextureSource>>

export interface PageDrawing {
  readonly mesh: Mesh<Geometry, Shader>
  /** Gives the graphics processor what has changed, and draws the page as it is at a time: int32 ms since the page's `baseMs`. */
  draw(nowMs: number): void
  hide(): void
  destroy(): void
}

const TEXELS_PER_SEGMENT = 2

/** The texture of a page: drawn by several programs, it is uploaded once. */
export interface PageTexture {
  readonly page: SegmentPage
  readonly source: BufferImageSource
}

export const createPageTexture = (page: SegmentPage): PageTexture => {
  const source = new BufferImageSource({
    resource: page.ints,
    width: SEGMENTS_PER_ROW * TEXELS_PER_SEGMENT,
    height: Math.ceil(page.capacity / SEGMENTS_PER_ROW),
    format: 'rgba32sint',
    scaleMode: 'nearest',
    // What is not drawn for a minute stays on the graphics processor: a seek must find it there.
    autoGarbageCollect: false,
  })
  markClean(page)
  return { page, source }
}

/** Before the first drawing nothing is uploaded, and that uploads all. */
const uploadChanges = ({ page, source }: PageTexture): void => {
  if (page.dirtyFrom >= page.dirtyTo) return
  source.update(page.dirtyFrom * TEXELS_PER_SEGMENT, page.dirtyTo * TEXELS_PER_SEGMENT)
  markClean(page)
}

const staticBuffer = (data: Uint16Array | Uint32Array, usage: number): Buffer => {
  const buffer = new Buffer({ data, usage: usage | BufferUsage.COPY_DST | BufferUsage.STATIC })
  buffer.autoGarbageCollect = false
  return buffer
}

const VERTICES = 4
const INDICES = 6

/** The number of each vertex, and two triangles of each four: the same for every page. */
const createQuads = (): { readonly vertices: Buffer; readonly indices: Buffer } => {
  const vertices = Uint32Array.from({ length: MAX_PAGE_SEGMENTS * VERTICES }, (_, vertex) => vertex)
  const triangles = [0, 1, 2, 2, 1, 3]
  const indices = Uint16Array.from(
    { length: MAX_PAGE_SEGMENTS * INDICES },
    (_, index) => Math.floor(index / INDICES) * VERTICES + triangles[index % INDICES],
  )
  return {
    vertices: staticBuffer(vertices, BufferUsage.VERTEX),
    indices: staticBuffer(indices, BufferUsage.INDEX),
  }
}

let quads: ReturnType<typeof createQuads> | undefined

const createGeometry = (): Geometry => {
  quads ??= createQuads()
  const geometry = new Geometry({
    attributes: { aVertex: { buffer: quads.vertices, format: 'uint32' } },
    indexBuffer: quads.indices,
  })
  geometry.autoGarbageCollect = false
  return geometry
}

/** One draw call: every segment of a page by one program. */
export const createPageDrawing = (from: PageTexture, program: GlProgram, resources: SceneResources): PageDrawing => {
  const time = new UniformGroup({ uNow: { value: 0, type: 'i32' } })
  const geometry = createGeometry()
  const shader = new Shader({ glProgram: program, resources: { ...resources, uSegments: from.source, time } })
  const mesh = new Mesh({ geometry, shader })
  mesh.visible = false
  return {
    mesh,
    draw: (nowMs) => {
      uploadChanges(from)
      time.uniforms.uNow = nowMs
      // A count of 0 would mean all of them.
      geometry.indexCount = from.page.count * INDICES
      mesh.visible = from.page.count > 0
    },
    hide: () => {
      mesh.visible = false
    },
    destroy: () => {
      mesh.destroy()
      geometry.destroy()
      shader.destroy()
    },
  }
}
