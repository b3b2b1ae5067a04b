import { execFile } from 'node:child_process'
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@fleetlake/testing'
import { listManifests } from '../bootstrap/inputs.mjs'
import { beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const repository = fileURLToPath(new URL('../..', import.meta.url))
const program = join(repository, 'scripts/release.ts')
const AUTHOR = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

let clone: string
const git = async (...args: string[]): Promise<string> =>
  (await run('git', args, { cwd: clone, env: { ...process.env, ...AUTHOR } })).stdout.trimEnd()
const release = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const options = { cwd: clone, env: { ...process.env, ...AUTHOR } }
  return run(process.execPath, [program, ...args], options).then(
    ({ stdout }) => ({ code: 0, out: stdout, err: '' }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  )
}

beforeAll(async () => {
  clone = await temporaryFolder()
  await git('init', '--quiet')
  for (const path of [
    'package.json',
    'pnpm-workspace.yaml',
    'README.md',
    'deployment/kubernetes',
    ...listManifests(repository),
  ])
    await cp(join(repository, path), join(clone, path), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    })
  await writeFile(join(clone, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- New.\n')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'Say what is new')
})

test('what would be done is said, and changes nothing', async () => {
  const before = await git('rev-parse', 'HEAD')
  const { code, out } = await release('99.0.0', '--dry-run')
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^Release 99\.0\.0: \d+ files, the tag v99\.0\.0, an image by npm run image\n\n- New\.\n$/),
  ])
  expect([
    await git('rev-parse', 'HEAD'),
    await git('status', '--porcelain'),
    await git('tag', '--list', 'v99*'),
  ]).toEqual([before, '', ''])
})

test('options of the image are passed on to what builds it', async () => {
  const options = ['--ca', 'corporate.pem', '--registry', 'https://npm.example.com', '--', '--no-cache', '--pull']
  expect((await release('99.0.0', '--dry-run', ...options)).out).toContain(
    `the tag v99.0.0, an image by npm run image -- ${options.join(' ')}\n`,
  )
})

test('how it is used is told to who asks, and is a fault of who says no version', async () => {
  const { code, out } = await release('--help')
  expect([code, out.split(' [')[0]]).toEqual([0, 'npm run release -- <version>'])
  expect(await release()).toEqual({ code: 1, out: '', err: out })
})

test('a change that is not committed is not released', async () => {
  await appendFile(join(clone, 'README.md'), '\n')
  expect(await release('99.0.0', '--no-image')).toEqual({
    code: 1,
    out: '',
    err: 'there are changes that are not committed: commit or stash them first\n',
  })
  await git('checkout', '--quiet', 'README.md')
})

test('a release is one commit with a tag, and is not made twice', async () => {
  expect((await release('99.0.0', '--no-image')).code).toBe(0)
  expect(await git('log', '-1', '--format=%s')).toBe('Release 99.0.0')
  expect(await git('describe', '--exact-match')).toBe('v99.0.0')
  expect(await readFile(join(clone, 'CHANGELOG.md'), 'utf8')).toMatch(
    /^# Changelog\n\n## Unreleased\n\n## 99\.0\.0 \(\d{4}-\d\d-\d\d\)\n\n- New\.\n$/,
  )
  const versions = (await git('grep', '-h', '^  "version":', '--', 'package.json', '*/package.json')).split('\n')
  expect(new Set(versions)).toEqual(new Set(['  "version": "99.0.0",']))
  const images = (await git('grep', '-hoE', 'fleetlake:[0-9][0-9.]*', '--', 'deployment')).split('\n')
  expect(new Set(images)).toEqual(new Set(['fleetlake:99.0.0']))
  expect((await release('99.0.0', '--no-image')).err).toBe('99.0.0 does not come after 99.0.0\n')
})
