import { parseArgs } from 'node:util'
import { FleetError } from '@fleetlake/core'

export interface ViewerBenchOptions {
  /** Sizes of the fleet. */
  readonly fleets: readonly number[]
  /** How long each is watched. */
  readonly seconds: number
  readonly json: boolean
}

export const usage = `npm run bench:viewer -- [options]

What the page costs its browser: a whole stack, a real Chromium without a graphics processor, and the milliseconds of JavaScript that the
page's main thread spends for each frame while vehicles glide and while a search is replayed.

  --vehicles <list>  sizes of the fleet (1000,10000,100000)
  --seconds <n>      how long each is watched (20)
  --json             one JSON object, last on stdout`

/** @throws FleetError `usage.invalid` */
export const parseViewerBenchOptions = (args: readonly string[]): ViewerBenchOptions | 'help' => {
  let values
  try {
    ;({ values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        vehicles: { type: 'string', default: '1000,10000,100000' },
        seconds: { type: 'string', default: '20' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }))
  } catch (error) {
    throw new FleetError('usage.invalid', `${(error as Error).message} (see npm run bench:viewer -- --help)`, {
      cause: error,
    })
  }
  if (values.help) return 'help'
  const whole = (text: string): number => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value > 0) return value
    throw new FleetError('usage.invalid', `"${text}" is not a whole number above 0`)
  }
  return { fleets: values.vehicles.split(',').map(whole), seconds: whole(values.seconds), json: values.json }
}
