import type { Feature, FeatureCollection } from 'geojson'
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { useFleetMap } from '../../map/use-fleet-map.ts'
import type { Shape } from '../request/search-request.ts'
import { readArea } from './read-area.ts'

/** Choosing districts on the map by clicking them. */
export interface DistrictPick {
  readonly isPicking: Ref<boolean>
  /** Under the pointer. */
  readonly pointed: ShallowRef<string | undefined>
}

export interface DistrictPickOptions {
  readonly districts: Ref<FeatureCollection | undefined>
  readonly colour: () => string
  readonly onPick: (name: string) => void
}

const SOURCE = 'fleet-districts-pick'
const FILL = 'fleet-districts-pick-fill'
const LINE = 'fleet-districts-pick-line'

export const nameOfDistrict = ({ properties }: Feature): string => String(properties?.['name'] ?? '')

/** The shapes of a district; none when it is not among those of the city. */
export const shapesOfDistrict = (districts: FeatureCollection, name: string): readonly Shape[] => {
  const feature = districts.features.find((each) => nameOfDistrict(each) === name)
  return feature === undefined ? [] : readArea(JSON.stringify(feature)).shapes
}

export const useDistrictPick = ({ districts, colour, onPick }: DistrictPickOptions): DistrictPick => {
  const { map, addOverlay, labelLayer } = useFleetMap()
  const isPicking = ref(false)
  const pointed = shallowRef<string>()

  const nameAt = ({ target, point }: MapMouseEvent): string | undefined => {
    const [feature] = target.queryRenderedFeatures(point, { layers: [FILL] })
    return feature === undefined ? undefined : nameOfDistrict(feature)
  }
  const onMove = (event: MapMouseEvent): void => {
    pointed.value = nameAt(event)
    event.target.getCanvas().style.cursor = pointed.value === undefined ? '' : 'pointer'
    event.target.setFilter(LINE, ['==', ['get', 'name'], pointed.value ?? ''])
    event.target.setPaintProperty(FILL, 'fill-opacity', [
      'case',
      ['==', ['get', 'name'], pointed.value ?? ''],
      0.25,
      0.06,
    ])
  }
  const onClick = (event: MapMouseEvent): void => {
    const name = nameAt(event)
    if (name !== undefined) onPick(name)
  }
  const hide = (on: MapLibreMap): void => {
    on.off('mousemove', onMove)
    on.off('click', onClick)
    on.getCanvas().style.cursor = ''
    pointed.value = undefined
    for (const layer of [FILL, LINE]) if (on.getLayer(layer) !== undefined) on.removeLayer(layer)
    if (on.getSource(SOURCE) !== undefined) on.removeSource(SOURCE)
  }
  const draw = (on: MapLibreMap): void => {
    hide(on)
    if (!isPicking.value || districts.value === undefined) return
    on.addSource(SOURCE, { type: 'geojson', data: districts.value, attribution: '' })
    on.addLayer(
      {
        id: FILL,
        type: 'fill',
        source: SOURCE,
        paint: { 'fill-color': colour(), 'fill-opacity': 0.06, 'fill-outline-color': colour() },
      },
      labelLayer(),
    )
    on.addLayer(
      {
        id: LINE,
        type: 'line',
        source: SOURCE,
        filter: ['==', ['get', 'name'], ''],
        paint: { 'line-color': colour(), 'line-width': 2 },
      },
      labelLayer(),
    )
    on.on('mousemove', onMove)
    on.on('click', onClick)
  }
  const whenStanding = (act: (on: MapLibreMap) => void): void => {
    if (map.value !== undefined) act(map.value)
  }
  const forget = addOverlay(SOURCE, draw)
  watch([isPicking, districts], () => whenStanding(draw))
  onScopeDispose(() => {
    forget()
    whenStanding(hide)
  })
  return { isPicking, pointed }
}
