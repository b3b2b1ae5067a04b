/** How simulated time follows a clock. Pure: the clock's time is given. */
export interface Pace {
  /** Reports earlier than this are due. */
  dueBefore(clockMs: number): number
  /** Until a report is due; 0 when it is. */
  waitMs(reportTime: number, clockMs: number): number
}

export interface PaceOptions {
  /** Of the simulated time, ms since the epoch. */
  readonly startTime: number
  /** Simulated seconds per second; Infinity: everything is due at once. */
  readonly speedFactor: number
  /** The clock when the run began. */
  readonly beganMs: number
}

/** A report is due from the moment that its time has come: `waitMs` is 0 exactly when the report is before `dueBefore`. */
export const createPace = ({ startTime, speedFactor, beganMs }: PaceOptions): Pace => {
  if (speedFactor === Infinity) return { dueBefore: () => Infinity, waitMs: () => 0 }
  const dueBefore = (clockMs: number): number => Math.floor(startTime + (clockMs - beganMs) * speedFactor) + 1
  return {
    dueBefore,
    waitMs: (reportTime, clockMs) =>
      reportTime < dueBefore(clockMs) ? 0 : Math.max(1, beganMs + (reportTime - startTime) / speedFactor - clockMs),
  }
}
