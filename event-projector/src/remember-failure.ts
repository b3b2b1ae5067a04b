/** What is known of a projection whose last step failed. */
export interface Failure {
  /** Why; undefined where the last step did not fail. */
  fault(): string | undefined
  /** It is not to be tried yet: others go on meanwhile. */
  isResting(nowMs: number): boolean
  /** @param beganMs when the step began, by the clock of `isResting` */
  begin(fault: string, beganMs: number): void
  end(): void
}

/** @param restMs from the beginning of a step that failed to the next one */
export const rememberFailure = (restMs: number): Failure => {
  let last: { readonly fault: string; readonly beganMs: number } | undefined
  return {
    fault: () => last?.fault,
    isResting: (nowMs) => last !== undefined && nowMs - last.beganMs < restMs,
    begin: (fault, beganMs) => (last = { fault, beganMs }),
    end: () => (last = undefined),
  }
}
