import type { TracedCommit } from '@fleetlake/archive'
import type { Span, TraceContext, Tracer } from '@fleetlake/core'
import type { QueryStats } from '../core/query-course.ts'

/** What a search records of itself, where it is traced. */
export interface SearchSpan {
  /** The version that it reads is known. */
  pinned(commit: TracedCommit | undefined): void
  /** What its tasks belong to; undefined when it is not sampled, or not pinned yet. */
  trace(): TraceContext | undefined
  end(stats: Pick<QueryStats, 'status' | 'version' | 'files' | 'rows' | 'tasks'>): void
}

/** Opens the spans of searches. */
export type SearchSpans = (parent: TraceContext | undefined) => SearchSpan

/**
 * A search that its client traces is a part of that trace. Another is a part of the trace of the commit that it is the first one of this process to read, which so shows when
 * published rows were found; else it begins a trace of its own. Either is linked to the commit.
 */
export const createSearchSpans = (tracer: Tracer): SearchSpans => {
  /** The last one that a search was a part of. */
  let found: string | undefined

  const parentOf = (commit: TracedCommit | undefined): TraceContext | undefined => {
    if (commit === undefined || commit.trace.traceparent === found) return undefined
    found = commit.trace.traceparent
    return commit.trace
  }
  return (parent) => {
    const startedMs = Date.now()
    let span: Span | undefined
    let isStarted = false
    const start = (commit: TracedCommit | undefined): void => {
      isStarted = true
      span = tracer.start('search', {
        kind: 'server',
        parent: parent ?? parentOf(commit),
        links: commit === undefined ? [] : [commit.trace],
        startedMs,
        attributes: commit === undefined ? {} : { 'fleetlake.table.version.traced': commit.version },
      })
    }
    return {
      pinned: start,
      trace: () => span?.context,
      end: ({ status, version, files, rows, tasks }) => {
        if (!isStarted) start(undefined)
        span?.set({
          'fleetlake.search.status': status,
          ...(version === undefined ? {} : { 'fleetlake.table.version': version }),
          'fleetlake.files.pruned': files.pruned,
          'fleetlake.files.read': files.read,
          'fleetlake.rows.read': rows.read,
          'fleetlake.rows.found': rows.selected,
          'fleetlake.tasks': tasks.length,
        })
        span?.end(FAULTS.has(status) ? status : undefined)
      },
    }
  }
}

const FAULTS: ReadonlySet<string> = new Set(['partial', 'timed-out'])
