import { codeField, type Span, type TraceContext, type Tracer } from '@fleetlake/core'
import type { Batch } from '../lane/batch.ts'

/** What came of a flush. */
interface FlushEnd {
  readonly version: number | undefined
  readonly written: readonly { readonly bytes: number }[]
  readonly stale: readonly unknown[]
}

/** What a flush records of itself, where it is traced. */
export interface FlushSpans {
  /** The files are durable. */
  written(): void
  /** A commit is tried. @returns what searches of its version are to link to; undefined when the flush is not sampled */
  commit(): TraceContext | undefined
  end(flushed: FlushEnd): void
  fail(error: unknown): void
}

/** Links of one span, at most. */
const MOST_LINKS = 128

/** One flush takes messages of many traces: it is a part of the first one's, and linked to all. */
export const startFlushSpans = (tracer: Tracer, batches: readonly Batch[]): FlushSpans => {
  const traces = batches.flatMap((batch) => batch.traces)
  const flush = tracer.start('flush', {
    kind: 'consumer',
    parent: traces[0],
    links: traces.slice(0, MOST_LINKS),
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.type': 'process',
      'fleetlake.partitions': batches.length,
      'fleetlake.rows': batches.reduce((rows, { buffer }) => rows + buffer.length, 0),
    },
  })
  const startPart = (name: string): Span | undefined => flush && tracer.start(name, { parent: flush.context })
  const writing = startPart('write files')
  let commit: Span | undefined

  return {
    written: () => writing?.end(),
    commit: () => {
      commit ??= startPart('commit')
      return commit?.context
    },
    end: ({ version, written, stale }) => {
      const fault = version === undefined ? 'stale' : undefined
      if (version !== undefined) commit?.set({ 'fleetlake.table.version': version })
      commit?.end(fault)
      flush?.set({
        'fleetlake.files': written.length,
        'fleetlake.bytes': written.reduce((bytes, file) => bytes + file.bytes, 0),
        'fleetlake.partitions.stale': stale.length,
      })
      flush?.end(fault)
    },
    fail: (error) => {
      const { code = 'failed' } = codeField(error)
      for (const span of [commit ?? writing, flush]) span?.end(code)
    },
  }
}
