import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { reasonOf } from '@fleetlake/core'
import { listManifests } from './bootstrap/inputs.mjs'
import { planRelease, type Release } from './release/plan-release.ts'

const USAGE = `npm run release -- <version> [--dry-run] [--no-image] [--ca file] [--registry url] [-- more options of the engine's build]

Gives the version to every package, to the image where manifests name it, and to what CHANGELOG.md has as not released, commits, builds the image with its list of parts, and tags.
It pushes nothing.

  --dry-run   says what would be done
  --no-image  builds no image
  --ca, --registry and what follows -- are those of npm run image`

const imageProgram = fileURLToPath(new URL('../deployment/docker/src/build-image.ts', import.meta.url))
const root = process.cwd()
const git = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', args, { cwd: root })).stdout.trim()

/** What names the image: the clusters, and their manifests. */
const listDeployments = async (): Promise<string[]> =>
  (await git('ls-files', 'deployment/kubernetes/src/clusters', 'deployment/kubernetes/manifests'))
    .split('\n')
    .filter(Boolean)

const readRelease = async (version: string): Promise<Release> => {
  const read = async (path: string) => ({ path, text: await readFile(join(root, path), 'utf8') })
  const manifests = ['package.json', ...(listManifests(root) as string[])]
  return planRelease({
    version,
    date: new Date().toISOString().slice(0, 10),
    changelog: await read('CHANGELOG.md'),
    manifests: await Promise.all(manifests.map(read)),
    deployments: await Promise.all((await listDeployments()).map(read)),
  })
}

/** @throws Error unless the repository is as it was committed, and has no such tag */
const checkRepository = async ({ tag }: Release): Promise<void> => {
  if ((await git('status', '--porcelain')) !== '')
    throw new Error('there are changes that are not committed: commit or stash them first')
  if ((await git('tag', '--list', tag)) !== '') throw new Error(`there is a tag ${tag} already`)
}

const buildImage = async (args: readonly string[]): Promise<void> => {
  const child = spawn(process.execPath, [imageProgram, ...args], { cwd: root, stdio: 'inherit' })
  const [code] = await once(child, 'close')
  if (code !== 0) {
    throw new Error(
      'the release is committed, and has neither image nor tag: mend what is wrong and make both, or undo the commit with `git reset --keep HEAD~1`',
    )
  }
}

const release = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: {
      'dry-run': { type: 'boolean' },
      'no-image': { type: 'boolean' },
      ca: { type: 'string' },
      registry: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help === true) return console.log(USAGE)
  const [version, ...more] = positionals
  if (version === undefined) throw new Error(USAGE)
  const imageOptions = [
    ...(['ca', 'registry'] as const).flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]])),
    ...(more.length === 0 ? [] : ['--', ...more]),
  ]
  const plan = await readRelease(version)
  await checkRepository(plan)
  if (values['dry-run'] === true) {
    const command = ['npm run image', ...(imageOptions.length === 0 ? [] : ['--', ...imageOptions])].join(' ')
    const image = values['no-image'] === true ? '' : `, an image by ${command}`
    console.log(`${plan.message}: ${plan.files.length} files, the tag ${plan.tag}${image}\n\n${plan.notes}`)
    return
  }
  for (const { path, text } of plan.files) await writeFile(join(root, path), text)
  await git('commit', '--quiet', '--all', '--message', plan.message)
  // The image is of this commit; the tag comes when all is there.
  if (values['no-image'] !== true) await buildImage(imageOptions)
  await git('tag', '--annotate', plan.tag, '--message', plan.message)
  console.log(
    `${plan.message} is committed and tagged as ${plan.tag}. Nothing was pushed: git push --follow-tags does it.`,
  )
}

try {
  await release()
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
