/** A process of the tests that is an agent and nothing else: `agent-process.ts <hub> <archive>`. */
import { createFileStore } from '@fleetlake/archive'
import { connectHub } from '@fleetlake/hub'
import { startAgent } from '../agent/agent.ts'
import { createTurns } from '../waiting/turns.ts'

const [url, path] = process.argv.slice(2)
const hub = await connectHub({ url, service: 'event-finder' })
startAgent(hub, { store: createFileStore(`${path}/moves`), processor: createTurns(1) })
await hub.flush()
process.send?.({ ready: true })
process.stdin.resume().once('end', () => process.exit(0))
