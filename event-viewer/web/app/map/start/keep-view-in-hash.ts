import type { Map as MapLibreMap } from 'maplibre-gl'
import type { Router } from 'vue-router'
import { formatMapHash, parseMapHash } from './map-hash.ts'

/**
 * Keeps where the map looks in the hash of whatever URL the page has, in place: a move makes no entry in the history, and going to
 * another page, or back, does not move the map. Who changes nothing but the hash moves it.
 * @returns stops it
 */
export const keepViewInHash = (map: MapLibreMap, router: Router): (() => void) => {
  const write = (): void => {
    const { lng: longitude, lat: latitude } = map.getCenter()
    const hash = formatMapHash({ zoom: map.getZoom(), longitude, latitude, bearing: map.getBearing() })
    if (hash !== location.hash) history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`)
  }
  const follow = ({ oldURL, newURL }: HashChangeEvent): void => {
    const [from, to] = [new URL(oldURL), new URL(newURL)]
    const view = parseMapHash(to.hash)
    if (view === undefined || from.pathname !== to.pathname || from.search !== to.search) return
    map.jumpTo({ center: [view.longitude, view.latitude], zoom: view.zoom, bearing: view.bearing })
  }
  const stopWriting = router.afterEach(write)
  map.on('moveend', write)
  window.addEventListener('hashchange', follow)
  write()
  return () => {
    stopWriting()
    map.off('moveend', write)
    window.removeEventListener('hashchange', follow)
  }
}
