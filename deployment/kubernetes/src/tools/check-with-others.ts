import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reasonOf } from '@fleetlake/core'
import { CLUSTERS } from '../clusters/index.ts'
import { provideProgram, provideSource } from './go-programs.ts'
import { strictSchemas } from './strict-schema.ts'

/**
 * Holds the committed manifests against Kubernetes' own description of its interfaces (kubeconform) and against what others recommend (kube-score).
 * Both are built by Go from their sources, and so is not part of `npm test`.
 */
const KUBERNETES = 'k8s.io/kubernetes@v1.36.3'
const KUBECONFORM = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.6.7'
const KUBE_SCORE = 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0'

const GROUPS = ['api__v1', 'apis__apps__v1', 'apis__networking.k8s.io__v1', 'apis__policy__v1']
/** Kinds of KEDA and the Prometheus operator, which Kubernetes does not describe; `npm test` checks them. */
const OF_OTHERS = 'ScaledObject,PodMonitor,PrometheusRule'
/** Advice that is not followed. */
const NOT_FOLLOWED = [
  // An image of one version is the same tomorrow: a start would fail with the registry.
  'container-image-pull-policy',
  // Pods are spread over nodes by topology spread constraints.
  'deployment-has-host-podantiaffinity',
  'statefulset-has-host-podantiaffinity',
]

const files = Object.keys(CLUSTERS).map((name) =>
  fileURLToPath(new URL(`../../manifests/${name}.yaml`, import.meta.url)),
)

const writeSchemas = async (folder: string): Promise<void> => {
  const source = await provideSource(KUBERNETES)
  for (const group of GROUPS) {
    const text = await readFile(join(source, `api/openapi-spec/v3/${group}_openapi.json`), 'utf8')
    const { components } = JSON.parse(text) as { components: { schemas: Parameters<typeof strictSchemas>[0] } }
    for (const { group: of, version, kind, schema } of strictSchemas(components.schemas)) {
      const name = [kind, of.split('.')[0], version]
        .filter((part) => part !== '')
        .join('-')
        .toLowerCase()
      await writeFile(join(folder, `${name}.json`), JSON.stringify(schema))
    }
  }
}

const passes = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, [...args, ...files], { stdio: 'inherit' }).status === 0

const folder = await mkdtemp(join(tmpdir(), 'fleetlake-schemas-'))
try {
  await writeSchemas(folder)
  const location = join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json')
  const isConform = passes(await provideProgram('kubeconform', KUBECONFORM), [
    '-strict',
    '-summary',
    '-skip',
    OF_OTHERS,
    '-schema-location',
    location,
  ])
  const isRecommended = passes(await provideProgram('kube-score', KUBE_SCORE), [
    'score',
    '--output-format',
    'ci',
    ...NOT_FOLLOWED.flatMap((test) => ['--ignore-test', test]),
  ])
  process.exitCode = isConform && isRecommended ? 0 : 1
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
