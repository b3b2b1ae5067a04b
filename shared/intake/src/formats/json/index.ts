import type { Format } from '../format.ts'
import { geojson } from './geojson.ts'
import { googleRecords } from './google-records.ts'
import { googleTimeline } from './google-timeline.ts'
import { gtfsRealtime } from './gtfs-realtime.ts'
import { json } from './json.ts'
import { mfJson } from './mf-json.ts'
import { ndjson } from './ndjson.ts'
import { owntracks } from './owntracks.ts'
import { traccarJson } from './traccar-json.ts'

export * from './expand-polyline.ts'

/** The formats of JSON, and GTFS-realtime. */
export const JSON_FORMATS: readonly Format[] = [
  geojson,
  mfJson,
  owntracks,
  googleRecords,
  googleTimeline,
  traccarJson,
  gtfsRealtime,
  json,
  ndjson,
]
