import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { temporaryFolder } from '@fleetlake/testing'
import { parse } from 'yaml'
import { z } from 'zod'
import { fillExample, newSecrets, placeSettings, type Settings } from '../make-secrets.ts'
import { provideDockerCompose } from './debian-tools.ts'

export const root = fileURLToPath(new URL('../../../../', import.meta.url))

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  scale: z.number().default(1),
  profiles: z.array(z.string()).default([]),
  healthcheck: z
    .object({ test: z.array(z.string()) })
    .loose()
    .optional(),
  ports: z.array(z.string()).default([]),
})

/** As much as a test starts a service by. */
export type ComposeService = z.output<typeof service>

/** docker-compose.yml with fresh secrets, as the real docker-compose reads it. */
export const readCompose = async (): Promise<{ services: Record<string, ComposeService>; settings: Settings }> => {
  const settings = { ...placeSettings({ host: 'localhost', port: 8443 }), ...newSecrets() }
  const file = join(await temporaryFolder(), '.env')
  await writeFile(file, fillExample(await readFile(join(root, '.env.example'), 'utf8'), settings))
  const args = ['--env-file', file, '--project-directory', root, '-f', join(root, 'docker-compose.yml')]
  const { stdout } = await promisify(execFile)(await provideDockerCompose(), [
    ...args,
    ...['s3', 'monitoring', 'tools'].flatMap((profile) => ['--profile', profile]),
    'config',
  ])
  const { services } = z.object({ services: z.record(z.string(), service) }).parse(parse(stdout))
  return { services, settings }
}
