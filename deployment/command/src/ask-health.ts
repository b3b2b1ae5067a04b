/** Longer than a service that lives takes to answer, and shorter than what asks waits. */
const WITHIN_MS = 4_000
const USUAL_PORT = '9464'
const EVERY_ADDRESS = /^(0\.0\.0\.0|\[?::\]?|)$/

export interface Health {
  readonly isReady: boolean
  /** What the service says of itself, or why it could not be asked. */
  readonly said: string
}

/** Where a service of this environment answers whether it is ready. */
export const readinessUrl = ({
  FLEET_OPS_HOST = '127.0.0.1',
  FLEET_OPS_PORT = USUAL_PORT,
}: NodeJS.ProcessEnv): string =>
  `http://${EVERY_ADDRESS.test(FLEET_OPS_HOST) ? '127.0.0.1' : FLEET_OPS_HOST}:${FLEET_OPS_PORT}/readyz`

/**
 * Asks the service that runs in the same container. Uses nothing but Node: it is asked every few seconds.
 * @param token of the service's metrics: where others can reach it, it says without it whether it is ready, and not why not
 */
export const askHealth = async (url: string, token?: string): Promise<Health> => {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(WITHIN_MS) })
    return { isReady: answer.ok, said: (await answer.text()).trim() }
  } catch (error) {
    return { isReady: false, said: `nothing answers at ${url}: ${describe(error)}` }
  }
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
