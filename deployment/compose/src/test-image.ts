import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findEngine } from '@fleetlake/image'

/**
 * The tests of docker-compose.yml with the programs of the image in place of those of this repository: `npm run test:image`, after `npm run image`.
 * It says so where it can't, and fails.
 */
const image = process.argv[2] ?? 'fleetlake:latest'
const engine = await findEngine()
if (engine === undefined) {
  console.error('the image was not tried: none of docker, podman and buildah works here')
  process.exitCode = 1
} else {
  console.log(`Trying ${image} with ${engine.name}`)
  const child = spawn('vitest', ['run', 'deployment/compose/src/compose-stack.int.test.ts'], {
    stdio: 'inherit',
    env: { ...process.env, FLEET_TEST_IMAGE: `${engine.name} ${image}` },
  })
  const [code] = await once(child, 'exit')
  process.exitCode = (code as number | null) ?? 1
}
