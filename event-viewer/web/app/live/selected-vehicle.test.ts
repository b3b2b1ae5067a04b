import { CONTENT_TYPES } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { describe, expect, it } from 'vitest'
import { createLiveIntake } from '../hub/live/live-intake.ts'
import { createSelectedVehicle } from './selected-vehicle.ts'

const START_MS = Date.UTC(2026, 10, 21, 9)

/** A fleet of `a` and `b` that reports in step, as the hub's thread would tell of it. */
const createFleet = (): {
  report(seconds: number, ...ids: string[]): void
  readonly intake: ReturnType<typeof createLiveIntake>
} => {
  const intake = createLiveIntake({ silentMs: 60_000 })
  return {
    intake,
    report: (seconds, ...ids) => {
      const rows = ids.map((vehicleId) => ({
        vehicleId,
        vehicleType: 'taxi',
        eventTime: START_MS + seconds * 1000,
        longitude: seconds,
        latitude: 1,
        speed: 10,
        heading: NaN,
      }))
      intake.take(encodePositions(positionsOfRows(rows)), {
        nowMs: START_MS + seconds * 1000,
        futureToleranceMs: 60_000,
        contentType: CONTENT_TYPES.arrow,
      })
    },
  }
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('the selected vehicle', () => {
  it('has the last report at once, and then each that is heard', async () => {
    const { intake, report } = createFleet()
    const selected = createSelectedVehicle(async (id) => intake.vehicle(id))
    report(0, 'a', 'b')
    selected.take(intake.takeFrame(START_MS)!)
    selected.select('b')
    await settled()
    expect([selected.vehicle.value, selected.report.value?.longitude]).toEqual([1, 0])
    for (const seconds of [5, 10]) {
      report(seconds, 'a', 'b')
      selected.take(intake.takeFrame(START_MS + seconds * 1000)!)
    }
    expect(selected.report.value).toEqual({ ...intake.vehicle('b'), heading: NaN })
    expect(selected.heard.value.longitude).toEqual([0, 5, 10])
  })

  it('stays selected when it is forgotten, and is known again by its id when it reports again', async () => {
    const { intake, report } = createFleet()
    const selected = createSelectedVehicle(async (id) => intake.vehicle(id))
    selected.select('b')
    await settled()
    expect([selected.vehicle.value, selected.report.value]).toEqual([undefined, undefined])
    report(0, 'a', 'b')
    selected.take(intake.takeFrame(START_MS)!)
    expect(selected.vehicle.value).toBe(1)
    selected.take(intake.takeFrame(START_MS + 70_000)!)
    expect([selected.id.value, selected.vehicle.value, selected.report.value?.longitude]).toEqual(['b', undefined, 0])
    report(80, 'b')
    selected.take(intake.takeFrame(START_MS + 80_000)!)
    expect([selected.vehicle.value, selected.report.value?.longitude]).toEqual([2, 80])
  })

  it('is not mixed up with the one before when the answers come late', async () => {
    const { intake, report } = createFleet()
    report(0, 'a', 'b')
    const answers: (() => void)[] = []
    const selected = createSelectedVehicle(
      (id) => new Promise((resolve) => void answers.push(() => resolve(intake.vehicle(id)))),
    )
    selected.select('a')
    selected.select('b')
    for (const answer of answers.toReversed()) answer()
    await settled()
    expect([selected.vehicle.value, selected.report.value?.id]).toEqual([1, 'b'])
    selected.select(undefined)
    expect([selected.id.value, selected.vehicle.value, selected.heard.value.length]).toEqual([undefined, undefined, 0])
  })

  it('has the last values of its measures, from when it was selected, and of no other vehicle', async () => {
    const { intake } = createFleet()
    const selected = createSelectedVehicle(async (id) => intake.vehicle(id))
    const hear = (vehicleId: string, seconds: number, measures: PositionRow['measures'] = {}): void => {
      const nowMs = START_MS + seconds * 1000
      const row = { vehicleId, vehicleType: 'van', eventTime: nowMs, longitude: 1, latitude: 2, measures }
      intake.take(encodePositions(positionsOfRows([row])), {
        nowMs,
        futureToleranceMs: 60_000,
        contentType: CONTENT_TYPES.arrow,
      })
      const frame = intake.takeFrame(nowMs)
      if (frame !== undefined) selected.take(frame)
    }
    const select = (id: string | undefined): void => {
      selected.select(id)
      intake.setRequest(id === undefined ? {} : { follow: id })
    }
    const said = (): unknown => selected.measures.value.map(({ name, value, unit }) => [name, value, unit])
    hear('b', 0, { altitude: 1 })
    select('b')
    expect(said()).toEqual([])
    hear('b', 5, { altitude: 7, state: 'idle' })
    hear('a', 6, { altitude: 9 })
    hear('b', 10, { altitude: 8 })
    expect(said()).toEqual([
      ['altitude', 8, 'm'],
      ['state', 'idle', undefined],
    ])
    select('a')
    expect(said()).toEqual([])
  })
})
