import bindings from 'gtfs-realtime-bindings'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf } from '../../testing/read-all.ts'
import { START } from '../block.ts'
import { gtfsRealtime } from './gtfs-realtime.ts'

const { FeedMessage } = bindings.transit_realtime
type Feed = bindings.transit_realtime.IFeedMessage

const AT = 1_767_600_000

const feed = (timestamp: number | undefined, entity: Feed['entity']): Feed => ({
  header: { gtfsRealtimeVersion: '2.0', ...(timestamp === undefined ? {} : { timestamp }) },
  entity: entity ?? [],
})

const first = feed(AT, [
  {
    id: 'e1',
    vehicle: {
      vehicle: { id: 'bus-7', label: '7', licensePlate: 'AB 1' },
      position: { latitude: 47.25, longitude: 8.5, bearing: 270.5, speed: 12.5, odometer: 1000 },
      timestamp: AT + 5,
      trip: { tripId: 't', routeId: 'r', directionId: 0, startTime: '08:00:00', startDate: '20260105' },
      currentStopSequence: 3,
      stopId: 's',
      currentStatus: 1,
      congestionLevel: 2,
      occupancyStatus: 5,
      occupancyPercentage: 80,
    },
  },
  { id: 'e2', tripUpdate: { trip: { tripId: 't' } } },
  { id: 'e3', vehicle: { vehicle: { label: 'tram' }, position: { latitude: -1.5, longitude: -2.25 } } },
  { id: 'e4', vehicle: { vehicle: { id: 'lost' } } },
  { id: 'e5', isDeleted: true, vehicle: { position: { latitude: 1, longitude: 2 } } },
])
const second = feed(undefined, [
  { id: 'e6', vehicle: { vehicle: { id: 'x' }, position: { latitude: 1, longitude: 2, speed: 0 } } },
  { id: 'e7', vehicle: { position: { latitude: 1, longitude: 2 }, timestamp: AT } },
])

const rows = [
  {
    vehicle_id: 'bus-7',
    event_time: (AT + 5) * 1000,
    longitude: 8.5,
    latitude: 47.25,
    speed: 12.5,
    heading: 270.5,
    odometer: 1000,
    time_from: 'vehicle',
    entity_id: 'e1',
    vehicle_label: '7',
    license_plate: 'AB 1',
    trip_id: 't',
    route_id: 'r',
    direction_id: 0,
    trip_start_time: '08:00:00',
    trip_start_date: '20260105',
    current_stop_sequence: 3,
    stop_id: 's',
    current_status: 'STOPPED_AT',
    congestion_level: 'STOP_AND_GO',
    occupancy_status: 'FULL',
    occupancy_percentage: 80,
  },
  {
    vehicle_id: 'tram',
    event_time: AT * 1000,
    longitude: -2.25,
    latitude: -1.5,
    time_from: 'header',
    entity_id: 'e3',
    vehicle_label: 'tram',
  },
  { vehicle_id: 'x', longitude: 2, latitude: 1, speed: 0, time_from: 'header', entity_id: 'e6' },
  { event_time: AT * 1000, longitude: 2, latitude: 1, time_from: 'vehicle', entity_id: 'e7' },
]
const faults = [[4, 'no-position']] as const

conformsToFormat(gtfsRealtime, [
  { title: 'one message', bytes: FeedMessage.encode(first).finish(), rows: rows.slice(0, 2), faults },
  {
    title: 'messages after each other',
    bytes: Buffer.concat([FeedMessage.encode(first).finish(), FeedMessage.encode(second).finish()]),
    rows,
    faults,
  },
  {
    title: 'messages with their lengths before them',
    bytes: Buffer.concat([FeedMessage.encodeDelimited(first).finish(), FeedMessage.encodeDelimited(second).finish()]),
    rows,
    faults,
  },
])

test('that a time is the header’s is said', async () => {
  const options = { from: START, blockBytes: 1024, signal: new AbortController().signal }
  const notes = []
  for await (const block of gtfsRealtime.read(inputOf(FeedMessage.encode(first).finish()), options))
    notes.push(block.notes)
  expect(notes).toEqual([['vehicles without a time of their own have the time of the feed’s header']])
})
