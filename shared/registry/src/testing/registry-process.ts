/**
 * For a test: `registry-process.ts <settings> <name> <version>` sets one entry, and again, against others that do the same, until it has that
 * version. The store's settings are JSON.
 */
import { openStore, type StoreSettings } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import { digestOfToken } from '../accounts/change-tokens.ts'
import { seenVersion } from '../entries.ts'
import { openRegistry } from '../open-registry.ts'

const [settings, name, last] = process.argv.slice(2)
const registry = await openRegistry(await openStore(JSON.parse(settings) as StoreSettings))
for (let nonce = 0; ; nonce++) {
  await registry.refresh()
  const expected = seenVersion(registry.find('tokens', 'x'))
  if (expected >= Number(last)) break
  const value = { account: name, sha256: digestOfToken(`${name} ${nonce}`) }
  await registry.put('tokens', 'x', value, { expected, who: name }).catch((error: unknown) => {
    if (!(error instanceof FleetError) || error.code !== 'registry.conflict') throw error
  })
}
await registry.close()
