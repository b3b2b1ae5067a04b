/** What a frame loop asks of its surroundings. */
export interface FrameClock {
  now(): number
  /** Calls once, in the next animation frame. */
  nextFrame(call: () => void): void
  /** Calls once, after so long. @returns gives it up */
  later(call: () => void, ms: number): () => void
}

/** Draws when there is something to draw: nothing runs while nothing changes. */
export interface FrameLoop {
  /** Something has changed. */
  request(): void
  /** The map has just drawn, within an animation frame: what lies above it is drawn in the same one, by the same camera. */
  mapDrew(hasMoved: boolean): void
}

/**
 * A map that moves draws in every frame, and who draws by its camera must follow it there, not in a callback of its own that may
 * come before: so after a frame in which the map drew, the loop leaves one to the map, and draws itself only when none comes.
 * @param draw returns in how many ms the picture changes next: 0 for the next frame, Infinity for never by itself
 */
export const createFrameLoop = (draw: (nowMs: number) => number, clock: FrameClock): FrameLoop => {
  let isRequested = false
  let isWaiting = false
  let mapHasDrawn = false
  let giveUp: (() => void) | undefined

  const drawNow = (): void => {
    isRequested = false
    giveUp?.()
    giveUp = undefined
    const nextMs = draw(clock.now())
    if (nextMs === 0) request()
    else if (nextMs < Number.POSITIVE_INFINITY) giveUp = clock.later(request, nextMs)
  }

  const tick = (): void => {
    isWaiting = false
    const leaveToMap = mapHasDrawn
    mapHasDrawn = false
    if (!isRequested) return
    if (leaveToMap) wait()
    else drawNow()
  }

  const wait = (): void => {
    if (isWaiting) return
    isWaiting = true
    clock.nextFrame(tick)
  }

  const request = (): void => {
    isRequested = true
    wait()
  }

  return {
    request,
    mapDrew: (hasMoved) => {
      mapHasDrawn = true
      if (hasMoved || isRequested) drawNow()
      wait()
    },
  }
}

export const BROWSER_CLOCK: FrameClock = {
  now: () => performance.now(),
  nextFrame: (call) => {
    requestAnimationFrame(call)
  },
  later: (call, ms) => {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}
