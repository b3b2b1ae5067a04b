import { createFileStore } from '@fleetlake/archive'
import { connectHub } from '@fleetlake/hub'
import { createSearchKeeper } from '../keep-searches.ts'

/** For tests: brings the searches into a table and then, before it purges their stream, says so and waits to be killed. */
const [, , url, folder] = process.argv
const hub = await connectHub({ url, service: 'event-collector' })
const streams = {
  ...hub.streams,
  before: async (): Promise<never> => {
    console.log('committed')
    return new Promise(() => setInterval(() => undefined, 1_000))
  },
}
const keeper = createSearchKeeper(
  { ...hub, streams },
  {
    store: createFileStore(folder),
    engine: 'test',
    duplicateWindowMs: 0,
    warn: (_, message) => console.error(message),
  },
)
await keeper.run()
