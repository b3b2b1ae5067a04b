import { mkdir, writeFile } from 'node:fs/promises'
import { reasonOf } from '@fleetlake/core'
import { CLUSTERS } from './clusters/index.ts'
import { formatManifests } from './format-manifests.ts'
import { manifestsOf } from './manifests.ts'

/** Writes the manifests of each cluster to `manifests/<name>.yaml`; nothing is asked of any network. */
const folder = new URL('../manifests/', import.meta.url)

try {
  await mkdir(folder, { recursive: true })
  for (const [name, props] of Object.entries(CLUSTERS)) {
    await writeFile(new URL(`${name}.yaml`, folder), formatManifests(manifestsOf(props)))
    console.log(`deployment/kubernetes/manifests/${name}.yaml`)
  }
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
