import { ApiObject, type ApiObjectProps, App, Chart } from 'cdk8s'
import type { Manifest } from './manifest.ts'

/** @returns one text for `kubectl apply -f`, in the order that is given */
export const formatManifests = (manifests: readonly Manifest[]): string => {
  const app = new App()
  const chart = new Chart(app, 'fleetlake', { disableResourceNameHashes: true })
  const objects = manifests.map(
    (manifest) => new ApiObject(chart, `${manifest.kind}-${manifest.metadata?.name}`, manifest as ApiObjectProps),
  )
  objects.slice(1).forEach((object, index) => object.addDependency(objects[index]))
  return app.synthYaml()
}
