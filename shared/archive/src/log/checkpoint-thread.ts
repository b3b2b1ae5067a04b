import { parentPort, workerData } from 'node:worker_threads'
import { type CheckpointInput, makeCheckpoint } from './checkpoint.ts'

const output = await makeCheckpoint(workerData as CheckpointInput)
parentPort?.postMessage(output)
