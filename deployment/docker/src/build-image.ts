import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readCommit, version } from '@fleetlake/service/version'
import { copyFileOut, findEngine } from './engine.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const SBOM = '/usr/share/fleetlake/sbom.cdx.json'

const USAGE = `npm run image -- [--tag name] [--ca file] [--registry url] [more options of the engine's build]

  --tag       name of the image; fleetlake:${version} and fleetlake:latest by default
  --ca        certificates (PEM) of a network with an authority of its own; they are used while it is built only
  --registry  another registry of npm packages`

/** The words of a build, but for the engine's own. */
export const buildArguments = (
  { tags, ca, registry }: { readonly tags: readonly string[]; readonly ca?: string; readonly registry?: string },
  { commit, created }: { readonly commit: string; readonly created: string },
): string[] => [
  '--file',
  'deployment/docker/Dockerfile',
  ...tags.flatMap((tag) => ['--tag', tag]),
  ...Object.entries({
    VERSION: version,
    REVISION: commit,
    CREATED: created,
    ...(registry === undefined ? {} : { NPM_REGISTRY: registry }),
  }).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ...(ca === undefined ? [] : ['--secret', `id=ca,src=${ca}`]),
]

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: {
      tag: { type: 'string' },
      ca: { type: 'string' },
      registry: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help === true) return console.log(USAGE)
  const engine = await findEngine()
  if (engine === undefined)
    throw new Error(
      'none of docker, podman and buildah works here: install one, e.g. apt-get install buildah, or start its service',
    )
  const tags = values.tag === undefined ? [`fleetlake:${version}`, 'fleetlake:latest'] : [values.tag]
  const what = { commit: readCommit(), created: new Date().toISOString() }
  const options = {
    tags,
    ...(values.ca === undefined ? {} : { ca: values.ca }),
    ...(values.registry === undefined ? {} : { registry: values.registry }),
  }
  const child = spawn(engine.name, [...engine.build, ...buildArguments(options, what), ...positionals, '.'], {
    cwd: root,
    stdio: 'inherit',
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${engine.name} could not build the image`)
  const sbom = join(root, `.fleetlake/image/fleetlake-${version}.cdx.json`)
  await copyFileOut(engine, tags[0], SBOM, sbom)
  console.log(`Built ${tags.join(' and ')} of commit ${what.commit} with ${engine.name}. What is in it: ${sbom}`)
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
