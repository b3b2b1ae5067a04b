import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from 'maplibre-gl'
import type { FoundPoints } from './found-points.ts'

/** Dots of all positions that were found; they add up where there are many. */
export interface FoundLayer extends CustomLayerInterface {
  /** Undefined for none. */
  setPoints(points: FoundPoints | undefined): void
  /** `rgb` of each slot, three bytes a slot, 256 slots. */
  setColours(colours: Uint8Array): void
  /** Steps back, so that something else stands out. */
  setFaint(isFaint: boolean): void
}

export const FOUND_LAYER = 'fleet-found'

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_size;
uniform sampler2D u_colours;
in vec2 a_offset;
in uint a_slot;
flat out vec3 v_colour;
void main() {
  gl_Position = u_matrix * vec4(a_offset, 0.0, 1.0);
  gl_PointSize = u_size;
  v_colour = texelFetch(u_colours, ivec2(int(a_slot), 0), 0).rgb;
}`

const FRAGMENT = `#version 300 es
precision mediump float;
uniform float u_opacity;
flat in vec3 v_colour;
out vec4 colour;
void main() {
  float from_middle = length(gl_PointCoord - 0.5);
  float alpha = u_opacity * (1.0 - smoothstep(0.3, 0.5, from_middle));
  colour = vec4(v_colour * alpha, alpha);
}`

const FAINT = 0.35

interface Program {
  readonly program: WebGLProgram
  readonly vertices: WebGLVertexArrayObject
  readonly offsets: WebGLBuffer
  readonly slots: WebGLBuffer
  readonly colours: WebGLTexture
  readonly matrix: WebGLUniformLocation | null
  readonly size: WebGLUniformLocation | null
  readonly opacity: WebGLUniformLocation | null
}

export const createFoundLayer = (): FoundLayer => {
  let [map, gl, made]: [MapLibreMap?, WebGL2RenderingContext?, Program?] = []
  let [points, colours]: [FoundPoints?, Uint8Array?] = []
  let hasNewPoints = false
  let hasNewColours = false
  let isFaint = false

  const upload = (on: WebGL2RenderingContext, { offsets, slots, colours: texture }: Program): void => {
    if (hasNewPoints && points !== undefined) {
      on.bindBuffer(on.ARRAY_BUFFER, offsets)
      on.bufferData(on.ARRAY_BUFFER, points.offsets, on.STATIC_DRAW)
      on.bindBuffer(on.ARRAY_BUFFER, slots)
      on.bufferData(on.ARRAY_BUFFER, points.slots, on.STATIC_DRAW)
      hasNewPoints = false
    }
    if (hasNewColours && colours !== undefined) {
      on.bindTexture(on.TEXTURE_2D, texture)
      // The map's own state may say otherwise.
      on.pixelStorei(on.UNPACK_ALIGNMENT, 1)
      on.pixelStorei(on.UNPACK_FLIP_Y_WEBGL, false)
      on.pixelStorei(on.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false)
      on.texImage2D(on.TEXTURE_2D, 0, on.RGB8, colours.length / 3, 1, 0, on.RGB, on.UNSIGNED_BYTE, colours)
      on.texParameteri(on.TEXTURE_2D, on.TEXTURE_MIN_FILTER, on.NEAREST)
      on.texParameteri(on.TEXTURE_2D, on.TEXTURE_MAG_FILTER, on.NEAREST)
      hasNewColours = false
    }
  }

  return {
    id: FOUND_LAYER,
    type: 'custom',
    renderingMode: '2d',
    setPoints: (next) => {
      points = next
      hasNewPoints = true
      map?.triggerRepaint()
    },
    setColours: (next) => {
      colours = next
      hasNewColours = true
      map?.triggerRepaint()
    },
    setFaint: (next) => {
      isFaint = next
      map?.triggerRepaint()
    },
    onAdd: (onMap, on) => {
      map = onMap
      gl = on
      made = makeProgram(on)
      hasNewPoints = true
      hasNewColours = true
    },
    onRemove: () => {
      if (gl !== undefined && made !== undefined) {
        gl.deleteProgram(made.program)
        gl.deleteVertexArray(made.vertices)
        gl.deleteBuffer(made.offsets)
        gl.deleteBuffer(made.slots)
        gl.deleteTexture(made.colours)
      }
      map = gl = made = undefined
    },
    render: (on, input) => {
      if (made === undefined || map === undefined || points === undefined || points.slots.length === 0) return
      on.useProgram(made.program)
      on.activeTexture(on.TEXTURE0)
      upload(on, made)
      on.bindTexture(on.TEXTURE_2D, made.colours)
      on.uniformMatrix4fv(made.matrix, false, matrixOf(input, points))
      const { size, opacity } = lookOf(map.getZoom(), points.slots.length)
      on.uniform1f(made.size, size * devicePixelRatio)
      on.uniform1f(made.opacity, isFaint ? opacity * FAINT : opacity)
      on.disable(on.DEPTH_TEST)
      on.disable(on.STENCIL_TEST)
      on.enable(on.BLEND)
      on.blendFunc(on.ONE, on.ONE_MINUS_SRC_ALPHA)
      on.bindVertexArray(made.vertices)
      on.drawArrays(on.POINTS, 0, points.slots.length)
      on.bindVertexArray(null)
    },
  }
}

/** Many are small and faint, so that streets and crossings stand out; few, or near ones, are seen each. */
export const lookOf = (zoom: number, count: number): { size: number; opacity: number } => {
  const crowd = Math.min(1, Math.max(0, Math.log10(Math.max(1, count)) - 3) / 3)
  const near = Math.min(1, Math.max(0, (zoom - 11) / 6))
  return { size: 2 + 4 * near + 1.5 * (1 - crowd), opacity: 0.85 - 0.6 * crowd * (1 - 0.7 * near) }
}

/** From offsets to the screen: the move to the origin is done in 64 bits, and only then rounded. */
const matrixOf = (
  { defaultProjectionData }: CustomRenderMethodInput,
  { originX, originY }: FoundPoints,
): Float32Array => {
  const matrix = Float64Array.from(defaultProjectionData.mainMatrix)
  for (let row = 0; row < 4; row++) matrix[12 + row] += matrix[row] * originX + matrix[4 + row] * originY
  return Float32Array.from(matrix)
}

const makeProgram = (gl: WebGL2RenderingContext): Program => {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)
    if (shader === null) throw new Error('the graphics card gives no shader')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.bindAttribLocation(program, 0, 'a_offset')
  gl.bindAttribLocation(program, 1, 'a_slot')
  gl.linkProgram(program)
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
    throw new Error(`the shader of the found positions: ${gl.getProgramInfoLog(program) ?? ''}`)
  }
  const [vertices, offsets, slots] = [gl.createVertexArray(), gl.createBuffer(), gl.createBuffer()]
  gl.bindVertexArray(vertices)
  gl.bindBuffer(gl.ARRAY_BUFFER, offsets)
  gl.enableVertexAttribArray(0)
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
  gl.bindBuffer(gl.ARRAY_BUFFER, slots)
  gl.enableVertexAttribArray(1)
  gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0)
  gl.bindVertexArray(null)
  return {
    program,
    vertices,
    offsets,
    slots,
    colours: gl.createTexture(),
    matrix: gl.getUniformLocation(program, 'u_matrix'),
    size: gl.getUniformLocation(program, 'u_size'),
    opacity: gl.getUniformLocation(program, 'u_opacity'),
  }
}
