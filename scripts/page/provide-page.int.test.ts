import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { dirname, join } from 'node:path'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { isAlive } from '@fleetlake/service'
import { providePage } from './provide-page.ts'

/** Does what `nuxt generate` does as far as a build can be seen; what `app/fault` says makes it fail or hang. */
const NUXT = `
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
const output = process.env.FLEET_WEB_OUTPUT_DIR
const fault = existsSync('app/fault') ? readFileSync('app/fault', 'utf8') : ''
appendFileSync('calls', [process.argv.slice(2), process.env.NODE_ENV, process.env.NUXT_TELEMETRY_DISABLED].join(' ') + '\\n')
if (fault === 'fail') { console.log('it broke'); console.error('here'); process.exit(1) }
if (fault === 'hang') {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  writeFileSync('pids', process.pid + ' ' + child.pid)
  setInterval(() => {}, 1000)
} else {
  mkdirSync(output + '/public', { recursive: true })
  writeFileSync(output + '/public/200.html', readFileSync('app/page.vue'))
  symlinkSync(output + '/public', 'dist')
}
`

const makeRepository = async () => {
  const root = await temporaryFolder()
  const web = join(root, 'event-viewer/web')
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  await write('event-viewer/web/node_modules/nuxt/bin/nuxt.mjs', NUXT)
  await write('event-viewer/web/app/page.vue', 'one')
  await write('shared/core/src/index.ts', 'core')
  await write('pnpm-lock.yaml', 'lock')
  const countBuilds = async (): Promise<number> =>
    (await readFile(join(web, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length
  const readPage = (): Promise<string> => readFile(join(web, '.output/public/200.html'), 'utf8')
  return { root, web, write, countBuilds, readPage }
}

test('the page is built once for what it is made of, with no trace of the tests or of telemetry', async () => {
  const { root, web, countBuilds, readPage } = await makeRepository()
  const said: string[] = []
  expect(await providePage({ root, say: (line) => said.push(line) })).toBe(join(web, '.output/public'))
  expect(said).toEqual([
    'Building the page, this is needed only when it has changed …',
    expect.stringMatching(/^Built the page in \d+\.\d s$/),
  ])
  expect(await readPage()).toBe('one')
  expect(await readFile(join(web, 'calls'), 'utf8')).toBe('generate  1\n')
  expect((await readdir(web)).toSorted()).toEqual(['.output', 'app', 'calls', 'node_modules'])
  said.length = 0
  await providePage({ root, say: (line) => said.push(line) })
  expect([said, await countBuilds()]).toEqual([[], 1])
})

test('a change of the page, a package or the lockfile builds again; one of a test does not', async () => {
  const { root, write, countBuilds, readPage } = await makeRepository()
  await providePage({ root })
  const changes = [
    'event-viewer/web/app/page.vue',
    'event-viewer/web/app/new.ts',
    'shared/core/src/index.ts',
    'pnpm-lock.yaml',
  ]
  for (const [index, path] of changes.entries()) {
    await write(path, 'two')
    await providePage({ root })
    expect([path, await countBuilds()]).toEqual([path, index + 2])
  }
  expect(await readPage()).toBe('two')
  await write('event-viewer/web/app/page.test.ts', 'test')
  await write('shared/core/node_modules/x/index.js', 'module')
  await providePage({ root })
  expect(await countBuilds()).toBe(changes.length + 1)
  await rm(join(root, 'event-viewer/web/app/new.ts'))
  await providePage({ root })
  expect(await countBuilds()).toBe(changes.length + 2)
})

test('of two at once, one builds', async () => {
  const { root, countBuilds } = await makeRepository()
  const said: string[] = []
  const say = (line: string): number => said.push(line.replace(/,.*| in .*/, ''))
  await Promise.all([providePage({ root, say }), providePage({ root, say })])
  const built = said.filter((line) => !line.startsWith('Waiting'))
  expect([await countBuilds(), built]).toEqual([1, ['Building the page', 'Built the page']])
})

test('a build that fails says why, leaves the page before, and is tried again', async () => {
  const { root, write, readPage, countBuilds } = await makeRepository()
  await providePage({ root })
  await write('event-viewer/web/app/fault', 'fail')
  for (const builds of [2, 3]) {
    await expect(providePage({ root })).rejects.toThrow(
      fault('viewer.build-failed', /^the page could not be built:\n(it broke\nhere|here\nit broke)$/),
    )
    expect([await countBuilds(), await readPage()]).toEqual([builds, 'one'])
  }
})

test('a build that is given up ends with all its processes, and the next is whole', async () => {
  const { root, web, write, readPage } = await makeRepository()
  await write('event-viewer/web/app/fault', 'hang')
  const aborter = new AbortController()
  const building = providePage({ root, signal: aborter.signal })
  const pids = await eventually(async () => (await readFile(join(web, 'pids'), 'utf8')).split(' ').map(Number))
  aborter.abort(new Error('interrupted'))
  await expect(building).rejects.toThrow('interrupted')
  await eventually(() => !pids.some(isAlive))
  await write('event-viewer/web/app/fault', '')
  await providePage({ root })
  expect(await readPage()).toBe('one')
})
