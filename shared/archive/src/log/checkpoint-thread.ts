import { parentPort, workerData } from 'node:worker_threads'
import { type CheckpointInput, makeCheckpoint } from './make-checkpoint.ts'

const output = await makeCheckpoint(workerData as CheckpointInput)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.postMessage(output, [output.bytes.buffer])
