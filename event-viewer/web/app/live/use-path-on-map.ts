import { watchThrottled } from '@vueuse/core'
import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'
import { onUnmounted, watch } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import type { Theme } from '../vehicles/looks/palette.ts'
import { boundsOfTrack, pathOf, type Track } from './track.ts'
import { useVehicleHistory } from './use-vehicle-history.ts'

const PATH = 'live-path'
const POINT = 'live-path-point'
const LAYERS = ['live-path-casing', 'live-path-line', 'live-path-lone', 'live-path-point'] as const
const COLOURS: Readonly<Record<Theme, { readonly line: string; readonly casing: string }>> = {
  dark: { line: '#38bdf8', casing: '#082f49' },
  light: { line: '#0369a1', casing: '#ffffff' },
}
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }
/** A path that grows is drawn again so often at most. */
const DRAW_MS = 1_000

const pathData = (track: Track | undefined): FeatureCollection =>
  track === undefined ? NOTHING : pathOf(track, 'automatic')

const pointData = (track: Track | undefined, row: number | undefined): FeatureCollection =>
  track === undefined || row === undefined || row >= track.length
    ? NOTHING
    : pathOf({ ...rowOf(track, row), length: 1 }, 'automatic')

const rowOf = ({ eventTime, longitude, latitude, speed }: Track, row: number): Omit<Track, 'length'> => ({
  eventTime: [eventTime[row]],
  longitude: [longitude[row]],
  latitude: [latitude[row]],
  speed: [speed[row]],
})

/** Draws the selected vehicle's last hour on the map as long as the calling page is shown. */
export const usePathOnMap = (theme: () => Theme): void => {
  const { map, addOverlay, labelLayer, fitBounds } = useFleetMap()
  const { track, pointedRow } = useVehicleHistory()

  const draw = (on: MapLibreMap): void => {
    remove(on)
    const { line, casing } = COLOURS[theme()]
    const before = labelLayer()
    on.addSource(PATH, { type: 'geojson', data: pathData(track.value) })
    on.addSource(POINT, { type: 'geojson', data: pointData(track.value, pointedRow.value) })
    const layout = { 'line-cap': 'round', 'line-join': 'round' } as const
    on.addLayer(
      {
        id: LAYERS[0],
        type: 'line',
        source: PATH,
        layout,
        paint: { 'line-color': casing, 'line-width': 7, 'line-opacity': 0.7 },
      },
      before,
    )
    on.addLayer(
      { id: LAYERS[1], type: 'line', source: PATH, layout, paint: { 'line-color': line, 'line-width': 3 } },
      before,
    )
    on.addLayer(
      {
        id: LAYERS[2],
        type: 'circle',
        source: PATH,
        filter: ['==', ['geometry-type'], 'Point'],
        paint: { 'circle-color': line, 'circle-radius': 3, 'circle-stroke-color': casing, 'circle-stroke-width': 1.5 },
      },
      before,
    )
    on.addLayer({
      id: LAYERS[3],
      type: 'circle',
      source: POINT,
      paint: { 'circle-color': casing, 'circle-radius': 6, 'circle-stroke-color': line, 'circle-stroke-width': 3 },
    })
  }
  const put = (source: string, data: FeatureCollection): void => {
    void map.value?.getSource<GeoJSONSource>(source)?.setData(data)
  }

  const forget = addOverlay(PATH, draw)
  watchThrottled(track, (next) => put(PATH, pathData(next)), { throttle: DRAW_MS, leading: true, trailing: true })
  watch(track, (next, before) => {
    const bounds = before === undefined && next !== undefined ? boundsOfTrack(next) : undefined
    if (bounds !== undefined) fitBounds(bounds)
  })
  watch(pointedRow, (row) => put(POINT, pointData(track.value, row)))
  watch(theme, () => {
    if (map.value !== undefined) draw(map.value)
  })
  onUnmounted(() => {
    forget()
    if (map.value !== undefined) remove(map.value)
  })
}

const remove = (map: MapLibreMap): void => {
  for (const layer of LAYERS) if (map.getLayer(layer) !== undefined) map.removeLayer(layer)
  for (const source of [PATH, POINT]) if (map.getSource(source) !== undefined) map.removeSource(source)
}
