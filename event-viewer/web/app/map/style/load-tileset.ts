import { addProtocol } from 'maplibre-gl'
import { PMTiles, Protocol, TileType } from 'pmtiles'
import type { ViewBounds } from '../../shell/view-bounds.ts'
import type { Tileset } from './tile-style.ts'

const protocol = new Protocol()

/** From here on MapLibre loads addresses that begin with `pmtiles://`. */
export const readPmtiles = (): void => addProtocol('pmtiles', protocol.tile)

/**
 * What is in a PMTiles file, read from its head; its tiles are then read from it by range as the map asks for them.
 * @throws Error when the file can't be read
 */
export const loadTileset = async (file: string): Promise<{ tileset: Tileset; bounds: ViewBounds }> => {
  const url = new URL(file, document.baseURI).href
  const archive = new PMTiles(url)
  const header = await archive.getHeader()
  const metadata = (await archive.getMetadata()) as { attribution?: string; vector_layers?: { id: string }[] } | null
  protocol.add(archive)
  readPmtiles()
  const { minLon, minLat, maxLon, maxLat, minZoom, maxZoom } = header
  const isVector = header.tileType === TileType.Mvt || header.tileType === TileType.Mlt
  return {
    bounds: [minLon, minLat, maxLon, maxLat],
    tileset: {
      layers: isVector ? (metadata?.vector_layers ?? []).map(({ id }) => id) : [],
      source: {
        type: isVector ? 'vector' : 'raster',
        tiles: [`pmtiles://${url}/{z}/{x}/{y}`],
        minzoom: minZoom,
        maxzoom: maxZoom,
        bounds: [minLon, minLat, maxLon, maxLat],
        attribution: metadata?.attribution ?? '',
        ...(isVector ? {} : { tileSize: 256 }),
        ...(header.tileType === TileType.Mlt ? { encoding: 'mlt' as const } : {}),
      },
    },
  }
}
