import { parentPort } from 'node:worker_threads'
import { readParts } from '../../shared/archive/src/log/read-checkpoint.ts'

parentPort?.on('message', (bytes: Uint8Array) => {
  void readParts([{ name: 'mutant', bytes }])
    .then(() => 'read')
    .catch(() => 'refused')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    .then((answer) => parentPort?.postMessage(answer))
})

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.postMessage('ready')
