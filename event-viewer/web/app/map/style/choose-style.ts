import type { StyleSpecification } from 'maplibre-gl'
import type { ViewerConfig } from '../../../api/viewer-config.ts'
import type { ViewBounds } from '../../shell/view-bounds.ts'
import { cityStyle } from './city-style.ts'
import type { Theme } from './map-palette.ts'
import { tileStyle } from './tile-style.ts'

/** What the map shows. */
export interface ChosenStyle {
  /** The same layers whatever the theme: a change is one of paint. */
  readonly styleOf: (theme: Theme) => StyleSpecification
  readonly home: ViewBounds | null
  /** Why it is not what the configuration asks for, for a person; null when it is. */
  readonly problem: string | null
  /** What to show when this one turns out not to be drawable; null when there is nothing else. */
  readonly instead: ((reason: string) => ChosenStyle) | null
}

/** The style of the configuration, else that of its PMTiles file, else the city's; the city's too when the others can't be had. */
export const chooseStyle = async (config: ViewerConfig): Promise<ChosenStyle> => {
  const { city, map } = config
  const home = city?.bounds ?? null
  const ofCity = (problem: string | null): ChosenStyle => ({
    styleOf: (theme) => cityStyle({ theme, city }),
    home,
    problem,
    instead: null,
  })
  const insteadOf =
    (what: string) =>
    (reason: string): ChosenStyle =>
      ofCity(
        `The ${what} can't be shown: ${reason.replace(/\.$/, '')}. ${city === null ? 'There is no city pack either: the map is empty.' : `The map of ${city.name} is shown in its place.`}`,
      )
  if (map.style !== null) {
    const instead = insteadOf(`map style ${map.style}`)
    try {
      const loaded = await fetchStyle(map.style)
      if (JSON.stringify(loaded.sources).includes('pmtiles://')) (await import('./load-tileset.ts')).readPmtiles()
      return { styleOf: () => loaded, home, problem: null, instead }
    } catch (error) {
      return instead(messageOf(error))
    }
  }
  if (map.pmtiles !== null) {
    const instead = insteadOf(`map file ${map.pmtiles}`)
    try {
      const { loadTileset } = await import('./load-tileset.ts')
      const { tileset, bounds } = await loadTileset(map.pmtiles)
      return { styleOf: (theme) => tileStyle({ theme, tileset }), home: home ?? bounds, problem: null, instead }
    } catch (error) {
      return instead(messageOf(error))
    }
  }
  return ofCity(null)
}

const fetchStyle = async (url: string): Promise<StyleSpecification> => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`its server answered ${response.status}`)
  const style: StyleSpecification = await response.json()
  if (style?.version !== 8 || typeof style.sources !== 'object' || !Array.isArray(style.layers)) {
    throw new Error('it is not a MapLibre style of version 8')
  }
  return style
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
