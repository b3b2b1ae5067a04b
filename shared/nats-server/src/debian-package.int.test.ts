import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { fetchDebianServer } from './debian-package.ts'

test('a mirror without Debian’s signature is refused, whatever it offers', async () => {
  const folder = await temporaryFolder()
  const lists = join(folder, 'mirror/dists/sid')
  await mkdir(join(lists, 'main/binary-amd64'), { recursive: true })
  await writeFile(join(lists, 'Release'), 'Origin: Debian\nSuite: unstable\nCodename: sid\nComponents: main\n')
  await writeFile(join(lists, 'main/binary-amd64/Packages'), 'Package: nats-server\nVersion: 9.9.9\n')
  const target = join(folder, 'bin/nats-server')
  await expect(fetchDebianServer('sid', target, `file:${folder}/mirror`)).rejects.toThrow(
    /^E: The repository 'file:.* sid Release' is not signed\.$/,
  )
  await expect(access(target)).rejects.toThrow('ENOENT')
})
