import { connectHub, type Hub } from '@fleetlake/hub'
import { configSchema } from '@fleetlake/contracts'
import { hubLogin, type HubLogin } from '@fleetlake/service'
import { temporaryFolder } from '@fleetlake/testing'
import { join } from 'node:path'
import { providePage } from '../../page/provide-page.ts'
import { provideCity } from '../../stack/provide-city.ts'
import { startStack, type Stack, type StackOptions } from '../../stack.ts'

export interface TestViewer {
  /** Of the page. */
  readonly url: string
  /** Connected as a service is, which may do more than the page. */
  readonly hub: Hub
  readonly stack: Stack
  /** The table is the folder `moves` in it. */
  readonly archivePath: string
  stop(): Promise<void>
}

/**
 * A whole stack with a viewer on free ports, in a folder of its own: one collector, one finder and one generator unless said otherwise.
 * The page is built when it has changed.
 */
export const startTestViewer = async (options: Partial<StackOptions> = {}): Promise<TestViewer> => {
  await Promise.all([providePage(), provideCity(configSchema.parse({}).generator.cityDir)])
  const dataDir = await temporaryFolder()
  const stack = await startStack({
    dataDir,
    collectors: 1,
    finders: 1,
    generators: 1,
    ...options,
    env: { FLEET_VIEWER_IMPORT_DIR: join(dataDir, 'imports'), ...options.env },
    viewers: 1,
  })
  try {
    const hub = await connectHub({ ...(await loginFor(options, dataDir)), url: stack.hubUrl, service: 'test' })
    return {
      url: stack.viewerUrl!,
      hub,
      stack,
      archivePath: stack.archivePath,
      stop: async () => {
        await hub.close()
        await stack.stop()
      },
    }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

/** As a terminal of this machine, where everyone has to log in. */
const loginFor = async ({ hub }: Partial<StackOptions>, dataDir: string): Promise<Partial<HubLogin>> =>
  hub?.asksEveryone === true
    ? hubLogin('terminal', configSchema.parse({ auth: 'required', hub: { dataDir: join(dataDir, 'hub') } }))
    : {}
