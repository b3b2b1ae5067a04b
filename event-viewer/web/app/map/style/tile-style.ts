import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { byZoom } from './by-zoom.ts'
import { MAP_PALETTES } from './map-palette.ts'
import type { MapPalette, Theme } from './map-palette.ts'
import { placeLayers } from './name-layers.ts'
import { streetLayers, streetNameLayers } from './street-layers.ts'
import type { StreetSource } from './street-layers.ts'
import { schemaOf } from './tile-schema.ts'
import type { TileSchema } from './tile-schema.ts'

/** A tileset of one source. */
export interface Tileset {
  readonly source: Extract<SourceSpecification, { type: 'vector' | 'raster' }>
  /** Names of its layers; none for pictures. */
  readonly layers: readonly string[]
}

const SOURCE = 'tiles'

/** A style for tiles of a known schema; of an unknown one all lines and areas are outlined; pictures are shown as they are. */
export const tileStyle = ({ theme, tileset }: { theme: Theme; tileset: Tileset }): StyleSpecification => {
  const palette = MAP_PALETTES[theme]
  const schema = schemaOf(tileset.layers)
  return {
    version: 8,
    name: schema?.name ?? 'Tiles',
    sources: { [SOURCE]: tileset.source },
    layers: [
      {
        id: 'background',
        type: 'background',
        paint: { 'background-color': schema?.land === undefined ? palette.land : palette.sea },
      },
      ...(tileset.source.type === 'raster'
        ? [rasterLayer(theme)]
        : schema === undefined
          ? tileset.layers.flatMap((layer) => outlines(layer, palette))
          : schemaLayers(schema, palette).filter((each) =>
              tileset.layers.includes(String(Reflect.get(each, 'source-layer'))),
            )),
    ],
    transition: { duration: 0, delay: 0 },
  }
}

/** Pictures are made for white paper: in the dark they are dimmed. */
const rasterLayer = (theme: Theme): LayerSpecification => ({
  id: 'pictures',
  type: 'raster',
  source: SOURCE,
  paint: { 'raster-brightness-max': theme === 'dark' ? 0.55 : 1, 'raster-saturation': theme === 'dark' ? -0.5 : -0.2 },
})

const outlines = (layer: string, palette: MapPalette): LayerSpecification[] => [
  {
    id: `${layer}-outlines`,
    type: 'line',
    source: SOURCE,
    'source-layer': layer,
    filter: ['!=', ['geometry-type'], 'Point'],
    paint: {
      'line-color': palette.text.street,
      'line-opacity': 0.5,
      'line-width': byZoom({ 8: 0.5, 16: 1.5 }),
    },
  },
]

const schemaLayers = (schema: TileSchema, palette: MapPalette): LayerSpecification[] => {
  const fill = (id: string, areas: TileSchema['water'], color: string, minzoom = 0): LayerSpecification[] =>
    areas.map(({ layer, filter }, n) => ({
      id: n === 0 ? id : `${id}-${n + 1}`,
      type: 'fill',
      source: SOURCE,
      'source-layer': layer,
      minzoom,
      ...(filter === undefined ? {} : { filter }),
      paint: { 'fill-color': color },
    }))
  const { waterways, streets, streetNames, places } = schema
  const fromLayer = ({ layer, kind }: TileSchema['streets']): StreetSource => ({
    source: SOURCE,
    sourceLayer: layer,
    kind,
  })
  return [
    ...(schema.land === undefined ? [] : fill('land', [schema.land], palette.land)),
    ...fill('parks', schema.parks, palette.park),
    ...fill('beaches', schema.beaches, palette.beach),
    ...fill('water', schema.water, palette.water),
    {
      id: 'waterways',
      type: 'line',
      source: SOURCE,
      'source-layer': waterways.layer,
      minzoom: 11,
      ...(waterways.filter === undefined ? {} : { filter: waterways.filter }),
      paint: {
        'line-color': palette.water,
        'line-width': byZoom({ 11: 0.6, 16: 3 }),
      },
    },
    ...fill('buildings', [schema.buildings], palette.building, 15),
    ...streetLayers(fromLayer(streets), palette),
    ...streetNameLayers(fromLayer(streetNames), palette),
    ...placeLayers(fromLayer(places), palette),
  ]
}
