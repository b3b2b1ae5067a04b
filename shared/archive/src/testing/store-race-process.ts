/**
 * A process of the conformance suite: `race-process.ts <settings> <path> <paths>` puts each path if absent and prints the answers.
 * The settings are JSON.
 */
import { openStore, type StoreSettings } from '../store/open-store.ts'

const [settings, path, paths] = process.argv.slice(2)
const store = await openStore(JSON.parse(settings) as StoreSettings)
const bytes = new TextEncoder().encode(`process ${process.pid} `.repeat(1_000))
process.stdout.write('ready\n')
process.stdin.once('data', () => {
  const puts = Array.from({ length: Number(paths) }, (_, i) => store.putIfAbsent(`${path}-${i}`, bytes))
  void Promise.all(puts).then((told) => {
    process.stdout.write(
      JSON.stringify({ created: told.filter((answer) => answer === 'created').length, all: told.length }),
    )
    process.stdin.destroy()
  })
})
