import { printableInLine } from '@fleetlake/core'
import { humanDuration } from '@fleetlake/viewer-core'
import { SingleBar } from 'cli-progress'

/** On standard error: a bar where people watch it, a line a second where it was asked for, else nothing at all. */
export interface Progress {
  /** @param done of `total` @param note what is shown behind the bar */
  update(done: number, note: string): void
  retitle(title: string): void
  stop(): void
}

export interface ProgressOptions {
  readonly title: string
  /** Without one there is no bar, only the note. */
  readonly total?: number | undefined
  readonly isWatched: boolean
  /** Takes a line a second where standard error is not a terminal. */
  readonly say?: ((line: string) => void) | undefined
}

const silent: Progress = { update: () => undefined, retitle: () => undefined, stop: () => undefined }

export const createProgress = (options: ProgressOptions): Progress => {
  if (options.isWatched) return createBar(options)
  return options.say === undefined ? silent : createLines(options, options.say)
}

const createBar = ({ title, total }: ProgressOptions): Progress => {
  const format = total === undefined ? '{title} {note}' : '{title} {bar} {percentage} % · {note}{left}'
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    gracefulExit: false,
    fps: 10,
  })
  const began = performance.now()
  bar.start(total ?? 1, 0, { title, note: '', left: '' })
  return {
    update: (done, note) =>
      bar.update(total === undefined ? 0 : Math.min(done, total), {
        note: printableInLine(note),
        left: left(began, done, total),
      }),
    retitle: (next) => bar.update({ title: next }),
    stop: () => bar.stop(),
  }
}

const LINE_MS = 1000

const createLines = ({ title: first, total }: ProgressOptions, say: (line: string) => void): Progress => {
  let title = first
  let saidMs = performance.now()
  return {
    update: (done, note) => {
      if (performance.now() - saidMs < LINE_MS) return
      saidMs = performance.now()
      say(
        total === undefined
          ? `${title}: ${note}`
          : `${title}: ${Math.floor((100 * Math.min(done, total)) / total)} %, ${note}`,
      )
    },
    retitle: (next) => {
      title = next
    },
    stop: () => undefined,
  }
}

/** What remains at the pace so far. */
const left = (began: number, done: number, total: number | undefined): string => {
  const elapsedMs = performance.now() - began
  if (total === undefined || done <= 0 || done >= total || elapsedMs < 1000) return ''
  const leftMs = (elapsedMs / done) * (total - done)
  return leftMs < 1000 ? '' : ` · ${humanDuration(leftMs)} left`
}
