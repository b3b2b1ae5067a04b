import { onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import { useViewerConfig } from '../../use-viewer-config.ts'
import { chooseStyle } from '../style/choose-style.ts'
import type { Theme } from '../style/map-palette.ts'
import { paintTheme } from '../style/paint-theme.ts'
import { fleetMapStand } from '../use-fleet-map.ts'
import { keepViewInHash } from './keep-view-in-hash.ts'
import { parseMapHash } from './map-hash.ts'
import { markFirstMap } from './mark-first-map.ts'

export interface MapStart {
  /** 'failed': there will be no map while the page is open. */
  readonly status: Ref<'starting' | 'stands' | 'failed'>
  /** What went wrong, for a person. */
  readonly problem: Ref<string | null>
  readonly credits: ShallowRef<Element | undefined>
}

/** Makes the page's map in an element, and keeps it in the theme; MapLibre itself is loaded when the shell is painted. */
export const useMapStart = (container: Readonly<Ref<HTMLElement | null>>, theme: Readonly<Ref<Theme>>): MapStart => {
  const status = ref<'starting' | 'stands' | 'failed'>('starting')
  const problem = ref<string | null>(null)
  const credits = shallowRef<Element>()
  const router = useRouter()
  const config = useViewerConfig()
  const stops: (() => void)[] = []

  const start = async (): Promise<void> => {
    const [{ makeMap, attributionOf, withFonts }, chosen] = await Promise.all([
      import('./make-map.ts'),
      config.then(chooseStyle),
      import('maplibre-gl/dist/maplibre-gl.css'),
    ])
    let shown = chosen
    problem.value = shown.problem
    const map = makeMap({
      container: container.value!,
      style: shown.styleOf(theme.value),
      view: parseMapHash(location.hash),
      home: shown.home,
    })
    stops.push(() => map.remove())
    fleetMapStand.home = shown.home
    fleetMapStand.attribution = () => credits.value?.textContent ?? ''
    credits.value = attributionOf(map)
    markFirstMap(map)
    const told = new Set<string>()
    map.on('error', ({ error }) => {
      if (status.value === 'starting' && shown.instead !== null) {
        shown = shown.instead(error.message)
        problem.value = shown.problem
        map.setStyle(withFonts(shown.styleOf(theme.value)), { diff: false })
      } else if (!told.has(error.message)) {
        told.add(error.message)
        problem.value ??= `A part of the map can't be loaded: ${error.message}`
      }
    })
    const paint = (): void => paintTheme(map, shown.styleOf(theme.value))
    map.once('style.load', () => {
      paint()
      fleetMapStand.stand(map)
      stops.push(keepViewInHash(map, router))
      status.value = 'stands'
    })
    stops.push(watch(theme, paint))
  }

  onMounted(() =>
    start().catch((error: unknown) => {
      status.value = 'failed'
      problem.value = explain(error)
    }),
  )
  onBeforeUnmount(() => stops.toReversed().forEach((stop) => stop()))
  return { status, problem, credits }
}

const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'GPUInitializationError'
    ? 'The map needs WebGL 2, which this browser does not provide: turn on hardware acceleration, or use another browser.'
    : error.message
}
