/** The columns of a chunk in the order in which they are read. Of `speed` and `heading` a row may have none, of the others each has one. */
export const CHUNK_COLUMNS: readonly string[] = [
  'vehicle_id',
  'vehicle_type',
  'event_time',
  'longitude',
  'latitude',
  'speed',
  'heading',
]
export const REQUIRED_COLUMNS = 5
