import { BufferImageSource } from 'pixi.js'
import { COLOUR_TABLE_WIDTH, createColourTable, fillColourTable } from '../looks/colour-table.ts'
import type { Theme, TypePalette } from '../looks/palette.ts'

const PLAIN = { alphaMode: 'no-premultiply-alpha', scaleMode: 'nearest', autoGarbageCollect: false } as const

export interface ColourTexture {
  readonly source: BufferImageSource
  fill(palette: TypePalette, theme: Theme): void
}

export const createColourTexture = (): ColourTexture => {
  const table = createColourTable()
  const source = new BufferImageSource({
    ...PLAIN,
    resource: table,
    width: COLOUR_TABLE_WIDTH,
    height: 2,
    format: 'rgba8unorm',
  })
  return {
    source,
    fill: (palette, theme) => {
      fillColourTable(table, palette, theme)
      source.update()
    },
  }
}

const HIDDEN_WIDTH = 2048

export interface HiddenTexture {
  readonly source: BufferImageSource
  /** @param hidden a byte for each vehicle: 255 for one that is hidden */
  fill(hidden: Uint8Array): void
}

export const createHiddenTexture = (): HiddenTexture => {
  const source = new BufferImageSource({
    ...PLAIN,
    resource: new Uint8Array(HIDDEN_WIDTH),
    width: HIDDEN_WIDTH,
    height: 1,
    format: 'r8unorm',
  })
  return {
    source,
    fill: (hidden) => {
      const height = Math.max(1, Math.ceil(hidden.length / HIDDEN_WIDTH))
      const table = new Uint8Array(HIDDEN_WIDTH * height)
      table.set(hidden)
      source.resource = table
      source.resize(HIDDEN_WIDTH, height)
      source.update()
    },
  }
}
