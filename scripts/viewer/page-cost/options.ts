import { readOptions, wholeNumber } from '../../read-options.ts'

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
  const values = readOptions('npm run bench:viewer', args, {
    vehicles: { type: 'string', default: '1000,10000,100000' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return 'help'
  return {
    fleets: values.vehicles.split(',').map((text) => wholeNumber('vehicles', text, 1)),
    seconds: wholeNumber('seconds', values.seconds, 1),
    json: values.json,
  }
}
