import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeVersion, readCommit, version } from './version.ts'

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, encoding: 'utf8' }).trim()

test('the commit is that of the file of an image, else that of the clone, and told as changed when files are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-version-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  expect(readCommit(folder)).toBe('unknown')
  git(folder, 'init', '-q')
  await writeFile(join(folder, 'a'), 'a')
  git(folder, 'add', 'a')
  git(folder, 'commit', '-q', '-m', 'a')
  const commit = git(folder, 'rev-parse', '--short=12', 'HEAD')
  expect(readCommit(folder)).toBe(commit)
  git(folder, 'tag', 'v1.0.0')
  await writeFile(join(folder, 'a'), 'b')
  expect(readCommit(folder)).toBe(`${commit}-dirty`)
  await writeFile(join(folder, 'commit'), 'abc\n')
  expect(describeVersion(folder)).toBe(`${version} (commit abc)`)
})
