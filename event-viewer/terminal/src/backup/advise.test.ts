import { expect, test } from 'vitest'
import { adviseOnHub, type HubView } from './advise.ts'
import type { FedTable } from './claim-verdict.ts'

const TABLE: FedTable = { id: 't', version: 7, feeder: 'h' }
const CLAIM = { table: 't', hub: 'h', version: 7, fingerprint: undefined }
const reached = (claim?: typeof CLAIM): HubView => ({ kind: 'reached', claim })

test.each<[string, HubView, FedTable, RegExp]>([
  [
    'the hub is away',
    { kind: 'unreached', reason: 'no route' },
    TABLE,
    /^the hub was not reached \(no route\)\. .* FLEET_ARCHIVE_ADOPT=true/,
  ],
  [
    'the hub knows no later version',
    reached(CLAIM),
    TABLE,
    /^the hub goes on where this archive ends: start the services as usual$/,
  ],
  [
    'the hub knows a later version',
    reached({ ...CLAIM, version: 9 }),
    TABLE,
    /^the hub has fed version 9 of the archive, and the backup is of version 7: .* FLEET_ARCHIVE_ADOPT=true/,
  ],
  [
    'the hub is new',
    reached(),
    TABLE,
    /^the hub has no archive yet, and another hub has fed this one: .* FLEET_ARCHIVE_ADOPT=true/,
  ],
  [
    'nothing was ever fed',
    reached(),
    { ...TABLE, feeder: undefined },
    /^no hub has fed this archive: start the services as usual$/,
  ],
  [
    'the hub feeds another archive',
    reached({ ...CLAIM, table: 'u' }),
    TABLE,
    /^the hub has fed another archive \(u\): check hub\.url/,
  ],
  [
    'another hub has fed the archive',
    reached({ ...CLAIM, hub: 'i' }),
    TABLE,
    /^another hub has fed this archive since: check hub\.url/,
  ],
])('what is to be done about the hub when %s', (_, hub, table, sentence) => {
  expect(adviseOnHub(hub, table)).toMatch(sentence)
})
