import { expect } from 'vitest'
import type { ErrorCode } from '../errors.ts'

/** What `toThrow` and `toEqual` take for a `FleetError`: its code, and a part of its message. */
export const fault = (code: ErrorCode, message: string | RegExp = ''): unknown =>
  expect.objectContaining({
    code,
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  })
