import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { isFolder, parseLocation, placeBelow } from './location.ts'

test.each([
  ['.fleetlake/archive', { kind: 'file', folder: '.fleetlake/archive' }],
  ['/data/s3:/x', { kind: 'file', folder: '/data/s3:/x' }],
  ['s3://fleet', { kind: 's3', bucket: 'fleet', prefix: '' }],
  ['s3://fleet/', { kind: 's3', bucket: 'fleet', prefix: '' }],
  ['S3://fleet/a//b c/', { kind: 's3', bucket: 'fleet', prefix: 'a/b c/' }],
  ['s3a://fleet/a', { kind: 's3', bucket: 'fleet', prefix: 'a/' }],
  ['azure://box/a/b', { kind: 'azure', container: 'box', prefix: 'a/b/', account: undefined }],
  ['az://box', { kind: 'azure', container: 'box', prefix: '', account: undefined }],
  ['abfss://box@acme.dfs.core.windows.net/a', { kind: 'azure', container: 'box', prefix: 'a/', account: 'acme' }],
])('%s is a place', (path, location) => {
  expect(parseLocation(path)).toEqual(location)
  expect(isFolder(path)).toBe(location.kind === 'file')
})

test.each(['gs://bucket/x', 'http://host/x', 's3:///x', 'azure://'])(
  '%s is refused, and the message names the valid forms',
  (path) => {
    expect(() => parseLocation(path)).toThrow(
      fault('config.invalid', /".*" is not a place for an archive: name a folder, s3:/),
    )
  },
)

test('a place below another keeps one slash between them', () => {
  expect(['a', 'a/', 's3://b', 's3://b/'].map((path) => placeBelow(path, 'moves'))).toEqual([
    'a/moves',
    'a/moves',
    's3://b/moves',
    's3://b/moves',
  ])
})
