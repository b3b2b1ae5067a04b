import type { SchemaElement } from 'hyparquet'

/** The Parquet schema of a classic checkpoint: one struct column per kind of action, all optional. */

type Node = readonly SchemaElement[]

const leaf = (name: string, type: 'BOOLEAN' | 'INT32' | 'INT64'): Node => [{ name, type, repetition_type: 'OPTIONAL' }]

const text = (name: string, repetition: 'OPTIONAL' | 'REQUIRED' = 'OPTIONAL'): Node => [
  { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: repetition },
]

const struct = (name: string, ...children: Node[]): Node => [
  { name, num_children: children.length, repetition_type: 'OPTIONAL' },
  ...children.flat(),
]

const map = (name: string): Node => [
  { name, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' }, repetition_type: 'OPTIONAL' },
  { name: 'key_value', num_children: 2, repetition_type: 'REPEATED' },
  ...text('key', 'REQUIRED'),
  ...text('value'),
]

const list = (name: string): Node => [
  { name, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' }, repetition_type: 'OPTIONAL' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  ...text('element'),
]

export const CHECKPOINT_COLUMNS = ['txn', 'add', 'remove', 'metaData', 'protocol'] as const

export const CHECKPOINT_SCHEMA: SchemaElement[] = [
  { name: 'schema', num_children: CHECKPOINT_COLUMNS.length },
  ...struct('txn', text('appId'), leaf('version', 'INT64'), leaf('lastUpdated', 'INT64')),
  ...struct(
    'add',
    text('path'),
    map('partitionValues'),
    leaf('size', 'INT64'),
    leaf('modificationTime', 'INT64'),
    leaf('dataChange', 'BOOLEAN'),
    text('stats'),
    map('tags'),
  ),
  ...struct(
    'remove',
    text('path'),
    leaf('deletionTimestamp', 'INT64'),
    leaf('dataChange', 'BOOLEAN'),
    leaf('extendedFileMetadata', 'BOOLEAN'),
    map('partitionValues'),
    leaf('size', 'INT64'),
  ),
  ...struct(
    'metaData',
    text('id'),
    text('name'),
    text('description'),
    struct('format', text('provider'), map('options')),
    text('schemaString'),
    list('partitionColumns'),
    map('configuration'),
    leaf('createdTime', 'INT64'),
  ),
  ...struct(
    'protocol',
    leaf('minReaderVersion', 'INT32'),
    leaf('minWriterVersion', 'INT32'),
    list('readerFeatures'),
    list('writerFeatures'),
  ),
]
