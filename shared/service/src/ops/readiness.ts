/** How a service stands, as `/readyz` says it. */
export interface Readiness {
  readonly status: 'starting' | 'ready' | 'not ready' | 'stopping'
  /** Why it is not ready, for people; empty when it is. */
  readonly reasons: readonly string[]
}

export interface ReadinessWatch {
  /** Adds what the service needs: asked each time, it says what is missing, and nothing when all is well. Must not throw. */
  requires(check: () => string | undefined): void
  started(): void
  stopping(): void
  state(): Readiness
}

const STARTING = 'it is starting'
const STOPPING = 'it is stopping'

/** Invariant: a service is ready only between its start and its stop, and only while nothing is missing that it needs. */
export const createReadiness = (): ReadinessWatch => {
  const checks: (() => string | undefined)[] = []
  let phase: 'starting' | 'running' | 'stopping' = 'starting'
  return {
    requires: (check) => {
      checks.push(check)
    },
    started: () => {
      if (phase === 'starting') phase = 'running'
    },
    stopping: () => {
      phase = 'stopping'
    },
    state: () => {
      if (phase === 'stopping') return { status: 'stopping', reasons: [STOPPING] }
      const reasons = checks.map((check) => check()).filter((reason) => reason !== undefined)
      if (phase === 'starting') return { status: 'starting', reasons: [STARTING, ...reasons] }
      return { status: reasons.length === 0 ? 'ready' : 'not ready', reasons }
    },
  }
}
