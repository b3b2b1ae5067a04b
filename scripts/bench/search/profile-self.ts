import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'

/** Profiles this process while it does something, as `client.cpuprofile`. */
export const profileSelf = async <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  const result = await work()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  await writeFile(join(folder, 'client.cpuprofile'), JSON.stringify(profile))
  return result
}
