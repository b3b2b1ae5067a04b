import { SPEED_ROW } from '../looks/colour-table.ts'
import { EXTRA_MASK, HAS_HEADING, LINGER_MS, SEGMENTS_PER_ROW, STALE_INTERVALS } from '../segments/segment-page.ts'

/** What decides whether and how strongly a segment is drawn at an instant. */
export type ShaderKind = 'live' | 'replay'

/**
 * WebGL 2, and no WebGPU beside it: MapLibre draws with WebGL, so a browser that shows the map has it; a frame is a handful of draw
 * calls, which WebGPU would not make cheaper; and one shader language is half of what can be wrong.
 *
 * A vertex knows its number alone, and looks up its segment in the page's texture: four vertices a vehicle, as they would be with
 * instancing, but a software renderer, which draws instance by instance, is thirty times as fast.
 *
 * Places and times come as integers and are subtracted as integers, which wrap as defined: only differences that are small where
 * they are seen become floats. Pixels are device pixels.
 */
const SEGMENT = `#version 300 es
precision highp float;
precision highp int;

in uint aVertex;

uniform highp isampler2D uSegments;
uniform ivec2 uCentre;
uniform vec4 uAffine;
uniform vec2 uOffset;
uniform vec2 uSize;
uniform int uNow;
uniform int uColourRow;
uniform sampler2D uColours;
uniform sampler2D uHidden;

const vec4 NOWHERE = vec4(2.0, 2.0, 0.0, 1.0);

ivec2 texel() {
  int segment = int(aVertex >> 2u);
  return ivec2((segment % ${SEGMENTS_PER_ROW}) * 2, segment / ${SEGMENTS_PER_ROW});
}

/** From, to: x, y. */
ivec4 path() {
  return texelFetch(uSegments, texel(), 0);
}

/** Start, duration, look, extra. */
ivec4 rest() {
  return texelFetch(uSegments, texel() + ivec2(1, 0), 0);
}

vec2 corner() {
  return vec2(ivec2(aVertex & 1u, (aVertex >> 1u) & 1u) * 2 - 1);
}

vec2 pixelAt(ivec4 path, float part) {
  vec2 end = vec2(path.zw - uCentre);
  vec2 place = end - vec2(path.zw - path.xy) * (1.0 - part);
  return vec2(dot(uAffine.xy, place), dot(uAffine.zw, place)) + uOffset;
}

vec4 onScreen(vec2 pixel) {
  return vec4(pixel.x / uSize.x * 2.0 - 1.0, 1.0 - pixel.y / uSize.y * 2.0, 0.0, 1.0);
}

vec3 colour(int look) {
  int column = (uColourRow == ${SPEED_ROW} ? look >> 24 : look >> 16) & 255;
  return texelFetch(uColours, ivec2(column, uColourRow), 0).rgb;
}

bool isHidden(int extra) {
  int vehicle = extra & ${EXTRA_MASK};
  int width = textureSize(uHidden, 0).x;
  return texelFetch(uHidden, ivec2(vehicle % width, vehicle / width), 0).r > 0.5;
}
`

/** Of a silent vehicle: enough to be found, and less than one that reports. */
const SILENT_STRENGTH = 0.45

/** 0 when it is not drawn. A vehicle that misses its reports fades to a shadow of itself; one before a gap fades away. */
const STRENGTH: Readonly<Record<ShaderKind, string>> = {
  live: `
bool isSilent(int extra) {
  return (extra & ${EXTRA_MASK}) == 0;
}

float strength(ivec4 rest, int elapsed) {
  if (isSilent(rest.w)) return ${SILENT_STRENGTH};
  float intervals = float(elapsed) / float(rest.w & ${EXTRA_MASK});
  return mix(1.0, 0.3, clamp(intervals / ${STALE_INTERVALS}.0 - 1.0, 0.0, 1.0));
}
`,
  replay: `
float strength(ivec4 rest, int elapsed) {
  if (elapsed < 0 || elapsed >= rest.y || isHidden(rest.w)) return 0.0;
  return rest.w < 0 ? 1.0 - float(elapsed) / ${LINGER_MS}.0 : 1.0;
}
`,
}

/** A square around the vehicle, turned to its heading: `vPoint` is in pixels, the vehicle's front is up. */
export const markerVertex = (kind: ShaderKind): string => `${SEGMENT}${STRENGTH[kind]}
uniform float uHalf;
uniform float uMorph;
uniform float uAlpha;
uniform float uBearing;

out vec2 vPoint;
flat out vec4 vColour;
flat out float vArrow;

void main() {
  ivec4 rest = rest();
  int elapsed = uNow - rest.x;
  float alpha = strength(rest, elapsed) * uAlpha;
  if (alpha <= 0.0) {
    gl_Position = NOWHERE;
    return;
  }
  float part = rest.y > 0 ? clamp(float(elapsed) / float(rest.y), 0.0, 1.0) : 1.0;
  int from = rest.z & 255;
  int shortWay = ((((rest.z >> 8) & 255) - from + 128) & 255) - 128;
  float turn = radians((float(from) + float(shortWay) * part) * 360.0 / 256.0) - uBearing;
  vArrow = (rest.w & ${HAS_HEADING}) != 0${kind === 'live' ? ' && !isSilent(rest.w)' : ''} ? uMorph : 0.0;
  vColour = vec4(colour(rest.z), alpha);
  vPoint = corner() * uHalf;
  vec2 turned = vec2(cos(turn) * vPoint.x - sin(turn) * vPoint.y, sin(turn) * vPoint.x + cos(turn) * vPoint.y);
  gl_Position = onScreen(pixelAt(path(), part) + turned);
}
`

/** Signed distances in pixels, so that edges are a pixel wide whatever the size. */
const SHAPES = `#version 300 es
precision highp float;

in vec2 vPoint;
flat in vec4 vColour;
flat in float vArrow;
out vec4 finalColor;

uniform float uRadius;
uniform float uArrow;
uniform float uOutline;
uniform vec3 uOutlineColour;

float edge(vec2 p, vec2 a, vec2 b) {
  vec2 along = b - a;
  vec2 to = p - a;
  return length(to - along * clamp(dot(to, along) / dot(along, along), 0.0, 1.0));
}

/** An arrowhead of length 2 with a notch behind, front up; corners are rounded by a tenth. */
float arrowhead(vec2 p) {
  p.x = abs(p.x);
  const vec2 tip = vec2(0.0, -0.9);
  const vec2 wing = vec2(0.62, 0.75);
  const vec2 notch = vec2(0.0, 0.42);
  float distance = min(edge(p, tip, wing), edge(p, wing, notch));
  vec2 side = wing - tip;
  vec2 back = notch - wing;
  bool within = side.x * (p.y - tip.y) - side.y * (p.x - tip.x) >= 0.0 && back.x * (p.y - wing.y) - back.y * (p.x - wing.x) >= 0.0;
  return (within ? -distance : distance) - 0.1;
}

float shape() {
  float dot_ = length(vPoint) - uRadius;
  return vArrow > 0.0 ? mix(dot_, arrowhead(vPoint / uArrow) * uArrow, vArrow) : dot_;
}

vec4 filled(float distance) {
  float inner = clamp(0.5 - distance, 0.0, 1.0);
  float whole = clamp(0.5 - distance + uOutline, 0.0, 1.0);
  vec3 mixed = mix(uOutlineColour, vColour.rgb, whole > 0.0 ? inner / whole : 1.0);
  float alpha = whole * vColour.a;
  return vec4(mixed * alpha, alpha);
}
`

export const MARKER_FRAGMENT = `${SHAPES}
void main() {
  finalColor = filled(shape());
}
`

/** The highlighted vehicle once more, above all others and in a ring. */
export const RING_FRAGMENT = `${SHAPES}
uniform float uRing;
uniform float uRingWidth;
uniform vec3 uRingColour;

void main() {
  float from = abs(length(vPoint) - uRing) - uRingWidth * 0.5;
  float ring = clamp(0.5 - from, 0.0, 1.0);
  float halo = clamp(0.5 - from + uRingWidth * 0.6, 0.0, 1.0);
  vec4 around = vec4(mix(uOutlineColour, uRingColour, halo > 0.0 ? ring / halo : 1.0) * halo, halo);
  vec4 vehicle = filled(shape());
  finalColor = vehicle + around * (1.0 - vehicle.a);
}
`

/**
 * What of a segment lies in the time that trails reach back: a line from there to where the vehicle is, or to the segment's end.
 * The corner's y says which end, its x which side.
 */
export const trailVertex = (kind: ShaderKind): string => `${SEGMENT}
uniform int uReach;
uniform float uTrailHalf;
uniform float uAlpha;

out float vSide;
out float vStrength;
flat out vec3 vColour;

void main() {
  ivec4 rest = rest();
  int elapsed = uNow - rest.x;
  float lasts = float(rest.y);
  float head = clamp(float(elapsed) / lasts, 0.0, 1.0);
  float tail = clamp(float(elapsed - uReach) / lasts, 0.0, 1.0);
  if (elapsed <= 0 || rest.y <= 0 || head <= tail${kind === 'replay' ? ' || isHidden(rest.w)' : ''}) {
    gl_Position = NOWHERE;
    return;
  }
  ivec4 path = path();
  vec2 from = pixelAt(path, tail);
  vec2 to = pixelAt(path, head);
  vec2 along = to - from;
  float pixels = length(along);
  if (pixels < 0.001) {
    gl_Position = NOWHERE;
    return;
  }
  vec2 corner = corner();
  bool isHead = corner.y > 0.0;
  vSide = corner.x * (uTrailHalf + 1.0);
  vStrength = (1.0 - (float(elapsed) - (isHead ? head : tail) * lasts) / float(uReach)) * uAlpha;
  vColour = colour(rest.z);
  gl_Position = onScreen((isHead ? to : from) + vec2(-along.y, along.x) / pixels * vSide);
}
`

export const TRAIL_FRAGMENT = `#version 300 es
precision highp float;

in float vSide;
in float vStrength;
flat in vec3 vColour;
out vec4 finalColor;

uniform float uTrailHalf;

void main() {
  float alpha = clamp(0.5 + uTrailHalf - abs(vSide), 0.0, 1.0) * vStrength;
  finalColor = vec4(vColour * alpha, alpha);
}
`
