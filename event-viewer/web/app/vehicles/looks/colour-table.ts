import { bytesOf, OTHER_COLOUR, TYPE_SLOTS, type Theme, type TypePalette } from './palette.ts'
import { colourOfStep, UNKNOWN_SPEED } from './speed-scale.ts'

export const COLOUR_TABLE_WIDTH = 256
/** Rows of the table. */
export const TYPE_ROW = 0
export const SPEED_ROW = 1

/**
 * Every colour that a segment can name, as the texture that the shaders look into: RGBA, 256 columns, a row of types and one of
 * speeds. A change of theme or colours changes this alone.
 */
export const fillColourTable = (table: Uint8Array, palette: TypePalette, theme: Theme): void => {
  const put = (row: number, column: number, [red, green, blue]: readonly [number, number, number]): void => {
    table.set([red, green, blue, 255], (row * COLOUR_TABLE_WIDTH + column) * 4)
  }
  const other = bytesOf(OTHER_COLOUR[theme])
  for (let slot = 0; slot < TYPE_SLOTS; slot += 1) {
    const type = palette.types[slot]
    put(TYPE_ROW, slot, type === undefined ? other : bytesOf(palette.colourOf(type, theme)))
  }
  for (let step = 0; step < UNKNOWN_SPEED; step += 1) put(SPEED_ROW, step, colourOfStep(step, theme))
  put(SPEED_ROW, UNKNOWN_SPEED, other)
}

export const createColourTable = (): Uint8Array<ArrayBuffer> => new Uint8Array(COLOUR_TABLE_WIDTH * 2 * 4)
