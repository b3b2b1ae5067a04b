import { MEASURES } from './measured-rows.ts'

/** Of an element, by its name: its children in their order, each followed by a space. */
export type ContentModel = Readonly<Record<string, RegExp>>

const text = /^$/

/** Of the schema of GPX 1.1, the elements that are used, with the order and the number that it gives them. */
export const GPX_MODEL: ContentModel = {
  gpx: /^(metadata )?(wpt )*(rte )*(trk )*(extensions )?$/,
  trk: /^(name )?(cmt )?(desc )?(src )?(link )*(number )?(type )?(extensions )?(trkseg )*$/,
  trkseg: /^(trkpt )*(extensions )?$/,
  trkpt: /^(ele )?(time )?(extensions )?$/,
  // Any, of other namespaces than GPX's.
  extensions: /^((gpxtpx:TrackPointExtension|fleet:status|fleet:gaps|measure:[a-z_]+) )*$/,
  // Garmin's TrackPointExtension, version 2.
  'gpxtpx:TrackPointExtension': /^(gpxtpx:speed )?(gpxtpx:course )?$/,
  'gpxtpx:speed': text,
  'gpxtpx:course': text,
  'fleet:status': text,
  'fleet:gaps': text,
  name: text,
  type: text,
  time: text,
  ele: text,
  ...Object.fromEntries(MEASURES.map(({ name }) => [`measure:${name}`, text])),
}

/** Of the schemas of KML 2.2 and of Google's extensions, likewise. */
export const KML_MODEL: ContentModel = {
  kml: /^(Document )?$/,
  Document: /^(name )?(ExtendedData )?(Schema )*(Placemark )*$/,
  Schema: /^(gx:SimpleArrayField )*$/,
  'gx:SimpleArrayField': /^(displayName )?$/,
  displayName: text,
  Placemark: /^(name )?(TimeStamp )?(ExtendedData )?((gx:MultiTrack|Point) )?$/,
  TimeStamp: /^(when )?$/,
  Point: /^(coordinates )?$/,
  coordinates: text,
  'gx:MultiTrack': /^(gx:interpolate )?(gx:Track )*$/,
  'gx:interpolate': text,
  'gx:Track': /^(when )*(gx:coord )*(gx:angles )*(ExtendedData )?$/,
  when: text,
  'gx:coord': text,
  ExtendedData: /^((Data )+|(SchemaData )+)$/,
  Data: /^(displayName )?value $/,
  value: text,
  SchemaData: /^(gx:SimpleArrayData )*$/,
  'gx:SimpleArrayData': /^(gx:value )*$/,
  'gx:value': text,
  name: text,
}
