/** These are the importer's, which runs in the service alone and would bring all formats to the page: a test compares. */

export const SPEED_UNITS = ['m/s', 'km/h', 'kn', 'mph'] as const

/** Of one coordinate a field, and of both in one which comes first. */
export const COORDINATE_FORMS = ['degrees', 'minutes', 'lat-lon', 'lon-lat'] as const

export const FORMATS = [
  'csv',
  'ndjson',
  'json',
  'geojson',
  'gpx',
  'kml',
  'nmea',
  'ais',
  'plt',
  'owntracks',
  'google-records',
  'google-timeline',
  'traccar-json',
  'gtfs-realtime',
  'mf-json',
  'parquet',
  'arrow',
  'xlsx',
  'sqlite',
] as const

export const TIME_FORMATS = [
  'auto',
  'iso',
  'epoch-s',
  'epoch-ms',
  'epoch-us',
  'epoch-ns',
  'days',
  'gps',
  'digits',
  'digits-yy',
] as const

/** UTC and this machine's zone come first; a zone that a browser does not list can be said all the same. */
export const timeZones = (own: string): string[] => [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])]
