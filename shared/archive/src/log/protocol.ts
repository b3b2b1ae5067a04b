import { checkFormat, FORMATS, TABLE_FORMAT } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { fieldsOf, isOurColumn } from '../schema.ts'
import type { MetaData, Protocol } from './actions.ts'

/**
 * What a table asks of its readers, and apart from that of its writers. Many features that other programs turn on ask for
 * nothing as long as they are not used, or nothing of us: such a table is read, and written to.
 */

const READ_FEATURES = new Set([
  // No column is renamed as long as the mode is 'none', which is checked.
  'columnMapping',
  // The rows of a file with a deletion vector are not known; a table with such a file is refused.
  'deletionVectors',
  'timestampNtz',
  'v2Checkpoint',
  'vacuumProtocolCheck',
])

const propertyOf = ({ configuration }: MetaData, key: string): string | undefined => configuration?.[key]
const isTrue = (metaData: MetaData, key: string): boolean => propertyOf(metaData, key)?.toLowerCase() === 'true'

const isMapped = (metaData: MetaData): boolean =>
  (propertyOf(metaData, 'delta.columnMapping.mode') ?? 'none').toLowerCase() !== 'none'

/** @throws FleetError `table.unsupported` with the feature, for a table whose rows can't be known; `format.newer` for one of a newer release */
export const checkReader = (protocol: Protocol, metaData: MetaData, table = 'the table'): void => {
  const { minReaderVersion: version, readerFeatures } = protocol
  const refuse = (what: string): never => {
    throw new FleetError(
      'table.unsupported',
      `${table} can't be read: ${what}. Use a newer Fleetlake, or turn that off with the program that turned it on`,
    )
  }
  if (version > 3) refuse(`it needs reader version ${version}, and this program supports 3`)
  const unknown = version === 3 ? (readerFeatures ?? []).find((feature) => !READ_FEATURES.has(feature)) : undefined
  if (unknown !== undefined) refuse(`its feature ${unknown} is not known`)
  if (version >= 2 && isMapped(metaData)) refuse('its columns are mapped to other names (delta.columnMapping.mode)')
  checkFormat(table, propertyOf(metaData, TABLE_FORMAT), FORMATS.table)
}

/** What a feature asks of a writer of ours: nothing, or a sentence that says why it can't be done. */
type FeatureCheck = (metaData: MetaData) => string | undefined

const columnWith = (metaData: MetaData, isMeant: (key: string) => boolean): string | undefined =>
  fieldsOf(metaData.schemaString).find(({ metadata }) => Object.keys(metadata).some(isMeant))?.name

const column = (name: string | undefined, what: string): string | undefined =>
  name === undefined ? undefined : `its column "${name}" ${what}`

const NOTHING: FeatureCheck = () => undefined
const ALWAYS =
  (what: string): FeatureCheck =>
  () =>
    what

const checkConstraints: FeatureCheck = ({ configuration }) => {
  const key = Object.keys(configuration ?? {}).find((name) => name.startsWith('delta.constraints.'))
  return key === undefined
    ? undefined
    : `its CHECK constraint ${key.slice('delta.constraints.'.length)} would not be checked`
}
const whenOn =
  (key: string, what: string): FeatureCheck =>
  (metaData) =>
    isTrue(metaData, key) ? what : undefined

/** By the protocol's name of the feature; one that is not here is not known. */
const WRITE_FEATURES: Readonly<Record<string, FeatureCheck>> = {
  // Kept where data is removed.
  appendOnly: NOTHING,
  invariants: (metaData) =>
    column(
      columnWith(metaData, (key) => key === 'delta.invariants'),
      'has an invariant',
    ),
  checkConstraints,
  generatedColumns: (metaData) =>
    column(
      columnWith(metaData, (key) => key === 'delta.generationExpression'),
      'is generated',
    ),
  // A version of ours adds files, removes files or rearranges rows: the change follows from that.
  changeDataFeed: NOTHING,
  columnMapping: (metaData) => (isMapped(metaData) ? 'its columns are mapped to other names' : undefined),
  identityColumns: (metaData) =>
    column(
      columnWith(metaData, (key) => key.startsWith('delta.identity.')),
      'is an identity',
    ),
  allowColumnDefaults: (metaData) =>
    column(
      columnWith(metaData, (key) => key === 'CURRENT_DEFAULT'),
      'has a default',
    ),
  deletionVectors: NOTHING,
  domainMetadata: NOTHING,
  timestampNtz: NOTHING,
  v2Checkpoint: NOTHING,
  vacuumProtocolCheck: NOTHING,
  inCommitTimestamp: whenOn('delta.enableInCommitTimestamps', 'it asks for timestamps in commits'),
  rowTracking: (metaData) =>
    isTrue(metaData, 'delta.rowTrackingSuspended') ? undefined : 'it tracks rows (rowTracking)',
  icebergCompatV1: whenOn('delta.enableIcebergCompatV1', 'it is kept readable as an Iceberg table'),
  icebergCompatV2: whenOn('delta.enableIcebergCompatV2', 'it is kept readable as an Iceberg table'),
  clustering: ALWAYS('it is clustered (clustering)'),
}

/** The features that writer versions before 7 stand for. */
const OLD_FEATURES: readonly (readonly [version: number, feature: string])[] = [
  [2, 'appendOnly'],
  [2, 'invariants'],
  [3, 'checkConstraints'],
  [4, 'changeDataFeed'],
  [4, 'generatedColumns'],
  [5, 'columnMapping'],
  [6, 'identityColumns'],
]

export const writerFeaturesOf = ({ minWriterVersion: version, writerFeatures }: Protocol): readonly string[] =>
  version >= 7
    ? (writerFeatures ?? [])
    : OLD_FEATURES.flatMap(([since, feature]) => (version >= since ? [feature] : []))

/** Why rows that have values in some columns only can't be written to a table; undefined when they can. */
export const writerFault = (
  protocol: Protocol,
  metaData: MetaData,
  hasValues: (column: string) => boolean,
): string | undefined => {
  if (protocol.minWriterVersion > 7)
    return `it needs writer version ${protocol.minWriterVersion}, and this program supports 7`
  for (const feature of writerFeaturesOf(protocol)) {
    const check = WRITE_FEATURES[feature] ?? ALWAYS(`its feature ${feature} is not known`)
    const what = check(metaData)
    if (what !== undefined) return what
  }
  const other = fieldsOf(metaData.schemaString).find(({ name, nullable }) => !nullable && !hasValues(name))
  return column(other?.name, 'must not be null, and Fleetlake has no value for it')
}

/**
 * Whether rows of ours may be written to a table.
 * @throws FleetError `table.unsupported` with the feature that stops the writer; readers are not stopped
 */
export const checkWriter = (protocol: Protocol, metaData: MetaData): void => {
  const refuse = (what: string): never => {
    throw new FleetError(
      'table.unsupported',
      `the table can be read, but not written to: ${what}. Rows stay in their streams. ` +
        'Turn that off with the program that turned it on, or give this hub an archive of its own',
    )
  }
  const fault = writerFault(protocol, metaData, isOurColumn)
  if (fault !== undefined) refuse(fault)
  const expiry = propertyOf(metaData, 'delta.setTransactionRetentionDuration')
  if (expiry !== undefined) {
    refuse(
      `its property delta.setTransactionRetentionDuration (${expiry}) lets other programs forget how far streams are archived, ` +
        'whose rows would then be archived again',
    )
  }
}

/**
 * Whether a table's columns go by their names: only then is a column a name and a type, which is all that we write of one.
 * @throws FleetError `table.unsupported`
 */
export const checkMapping = (metaData: MetaData): void => {
  if (!isMapped(metaData)) return
  throw new FleetError(
    'table.unsupported',
    "no column can be added: the table's columns are mapped to other names (delta.columnMapping.mode). Add it with the program that turned that on",
  )
}

/** Rows may be added and rearranged, but not removed. */
export const isAppendOnly = (metaData: MetaData): boolean => isTrue(metaData, 'delta.appendOnly')

/** Features whose actions a checkpoint of ours would not hold. */
const KEPT_BY_OTHERS = new Set(['domainMetadata', 'deletionVectors', 'rowTracking'])

/** Whether a checkpoint as we write it holds all that the table's must; else that is left to the program which asked for more. */
export const mayCheckpoint = (protocol: Protocol, metaData: MetaData): boolean =>
  !writerFeaturesOf(protocol).some((feature) => KEPT_BY_OTHERS.has(feature)) &&
  !(
    protocol.minWriterVersion >= 3 &&
    (propertyOf(metaData, 'delta.checkpoint.writeStatsAsJson')?.toLowerCase() === 'false' ||
      isTrue(metaData, 'delta.checkpoint.writeStatsAsStruct'))
  )
