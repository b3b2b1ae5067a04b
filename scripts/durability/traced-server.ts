import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { FleetError } from '@fleetlake/core'
import { provideNatsServer } from '@fleetlake/nats-server'
import { eventually, type ServerProgram } from '@fleetlake/testing'
import { createSyncedFiles, TRACED_CALLS } from './synced-files.ts'

const run = promisify(execFile)

/** @throws FleetError `usage.invalid` where there is no strace */
export const checkStrace = async (): Promise<void> => {
  await run('strace', ['--version']).catch((cause: unknown) => {
    throw new FleetError('usage.invalid', 'strace is needed, which Linux has: `apt-get install strace`', { cause })
  })
}

/** nats-server under strace: the process itself keeps its id and gets its signals. @param folder for the program and what it tells */
export const traceServer = async (
  folder: string,
  name: string,
): Promise<ServerProgram & { readonly trace: string }> => {
  const [binary, trace] = [join(folder, `traced-${name}`), join(folder, `${name}.trace`)]
  const options = `-D -f -q --seccomp-bpf -xx -s 16777216 -e trace=${TRACED_CALLS}`
  await writeFile(binary, `#!/bin/sh\nexec strace ${options} -o "$TRACE" '${await provideNatsServer()}' "$@"\n`)
  await chmod(binary, 0o755)
  await rm(trace, { force: true })
  return { binary, trace, env: { TRACE: trace } }
}

/** Path and contents of all files of a folder. */
export const filesIn = async (folder: string): Promise<Map<string, Uint8Array>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)))
}

/**
 * Puts a folder into the state in which a power loss would have left it.
 * @param before what was in it when the traced server began
 * @returns bytes that are gone
 */
export const losePower = async (
  folder: string,
  trace: string,
  before: ReadonlyMap<string, Uint8Array>,
): Promise<number> => {
  let size = -1
  // The tracer outlives the server by what it has still to write.
  await eventually(
    async () => {
      const grown = (await stat(trace)).size
      const isDone = grown === size && (await endsWithDeath(trace, grown))
      size = grown
      return isDone
    },
    { what: 'the end of the trace', seen: () => size },
  )
  const files = createSyncedFiles(folder, before)
  for await (const line of createInterface({ input: createReadStream(trace) })) files.take(line)
  await rm(folder, { recursive: true })
  for (const [path, bytes] of files.files()) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
  }
  return files.lostBytes()
}

const endsWithDeath = async (trace: string, size: number): Promise<boolean> => {
  const end = createReadStream(trace, { start: Math.max(0, size - 200), encoding: 'latin1' })
  return (await end.toArray()).join('').trimEnd().endsWith('+++ killed by SIGKILL +++')
}
