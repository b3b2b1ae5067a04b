import { type Config, mayPagesGenerate, mayPagesImport, type Right } from '@fleetlake/contracts'
import type { ViewerConfig } from '../api/viewer-config.ts'
import type { City } from './city/city-pack.ts'
import type { MapSource } from './map/map-source.ts'

export interface ViewerFacts {
  readonly version: string
  readonly config: Pick<Config, 'auth' | 'hub' | 'partitioning' | 'archive' | 'collector' | 'viewer'>
  readonly city: City | undefined
  readonly partitions: readonly number[] | null
  readonly map: Pick<MapSource, 'style' | 'pmtiles'>
  /** Of the person who has opened the page. */
  readonly rights: ReadonlySet<Right>
}

/** The configuration of the page. Invariant: every key is named here, so that no secret of a service ever reaches a browser. */
export const describeViewer = ({ version, config, city, partitions, map, rights }: ViewerFacts): ViewerConfig => {
  const { hub, partitioning, archive, collector, viewer } = config
  return {
    version,
    hub: {
      url: viewer.hubUrl ?? null,
      port: hub.websocketPort,
      user: viewer.hubUser ?? null,
      password: viewer.hubPassword ?? null,
    },
    generation: mayPagesGenerate(config) && rights.has('generate'),
    imports: mayPagesImport(config) && rights.has('import'),
    partitions,
    partitioning: { by: partitioning.by, geohashLength: partitioning.geohashLength },
    futureToleranceMs: collector.futureToleranceMs,
    map: { style: map.style, pmtiles: map.pmtiles },
    city:
      city === undefined
        ? null
        : {
            name: city.name,
            attribution: city.attribution,
            bounds: city.bounds,
            layers: city.layers,
            districts: city.districts,
            vehicleTypes: city.vehicleTypes,
          },
    archive: { windowMs: archive.windowMs },
  }
}
