import { expect, test } from 'vitest'
import { debianComponent, describeImage } from './write-sbom.ts'

const npm = (name: string) => ({
  type: 'library',
  'bom-ref': `pkg:npm/${name}@1.0.0`,
  name,
  version: '1.0.0',
  purl: `pkg:npm/${name}@1.0.0`,
})
const bom = (...names: string[]) => ({
  bomFormat: 'CycloneDX',
  metadata: { component: { type: 'application', name: 'command', version: '0.0.0' } },
  components: names.map(npm),
})
const libc = debianComponent(
  'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u14\n',
)

test('the list of an image has what is installed, what the page was built of told apart, and what is of Debian', () => {
  const described = describeImage(
    { programs: bom('hono', 'zod'), page: bom('vue', 'zod'), added: [libc] },
    { version: '1.2.3', revision: 'abc' },
  )
  expect(described).toEqual({
    bomFormat: 'CycloneDX',
    metadata: {
      component: {
        type: 'container',
        name: 'fleetlake',
        version: '1.2.3',
        properties: [{ name: 'fleetlake:commit', value: 'abc' }],
      },
    },
    components: [
      npm('hono'),
      npm('zod'),
      { ...npm('vue'), properties: [{ name: 'fleetlake:part', value: 'build of the page' }] },
      {
        type: 'library',
        'bom-ref': 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=bookworm',
        name: 'libc6',
        version: '2.36-9+deb12u14',
        purl: 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=bookworm',
      },
    ],
  })
})
