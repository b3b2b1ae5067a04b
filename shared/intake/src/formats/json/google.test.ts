import { conformsToFormat } from '../../testing/format-conformance.ts'
import { googleRecords } from './google-records.ts'
import { googleTimeline } from './google-timeline.ts'

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, undefined, 2))

conformsToFormat(googleRecords, [
  {
    title: 'records',
    name: 'Records.json',
    bytes: bytesOf({
      locations: [
        {
          latitudeE7: 312_345_678,
          longitudeE7: 1_214_000_001,
          accuracy: 20,
          velocity: 3,
          heading: 270,
          altitude: 12,
          source: 'GPS',
          deviceTag: -1_234_567_890,
          timestamp: '2026-01-05T08:00:00.250Z',
          platformType: 'ANDROID',
          activity: [{ activity: [{ type: 'STILL', confidence: 100 }], timestamp: '2026-01-05T08:00:00Z' }],
        },
        {
          timestampMs: '1767600060000',
          latitudeE7: -349_000_000,
          longitudeE7: 4_294_967_295 - 561_000_000 + 1,
          accuracy: 5,
        },
        { timestamp: '2026-01-05T08:00:00Z', deviceTag: 5 },
        { timestamp: '2026-02-30T08:00:00Z', latitudeE7: 0, longitudeE7: 10 },
      ],
    }),
    rows: [
      {
        vehicle_id: '-1234567890',
        event_time: 1_767_600_000_250,
        longitude: 121.4000001,
        latitude: 31.2345678,
        speed: 3,
        heading: 270,
        altitude: 12,
        accuracy: 20,
        source: 'GPS',
        platform_type: 'ANDROID',
        activity: [{ activity: [{ type: 'STILL', confidence: 100 }], timestamp: '2026-01-05T08:00:00Z' }],
      },
      { event_time: 1_767_600_060_000, longitude: -56.1, latitude: -34.9, accuracy: 5 },
      { longitude: 1e-6, latitude: 0 },
    ],
    faults: [[3, 'no-position']],
  },
])

conformsToFormat(googleTimeline, [
  {
    title: 'the Timeline of Android',
    name: 'Timeline.json',
    bytes: bytesOf({
      semanticSegments: [
        {
          startTime: '2026-01-05T09:00:00.000+01:00',
          endTime: '2026-01-05T11:00:00.000+01:00',
          timelinePath: [
            { point: '31.2345°, 121.4°', time: '2026-01-05T09:10:00.000+01:00' },
            { point: '-31.2°, -121.5°', time: '2026-01-05T09:12:00.000+01:00' },
            { point: 'nowhere', time: '2026-01-05T09:13:00.000+01:00' },
          ],
        },
        { startTime: 'x', endTime: 'y', visit: { topCandidate: { placeLocation: { latLng: '1°, 2°' } } } },
        7,
      ],
      rawSignals: [
        {
          position: {
            LatLng: '48.5°, 2.25°',
            accuracyMeters: 13,
            altitudeMeters: 90.5,
            source: 'WIFI',
            timestamp: '2026-01-05T08:00:00Z',
            speedMetersPerSecond: 1.5,
          },
        },
        { wifiScan: { deliveryTime: 'x' } },
      ],
      userLocationProfile: { frequentPlaces: [{ placeLocation: '1°, 2°' }] },
    }),
    rows: [
      { event_time: 1_767_600_600_000, longitude: 121.4, latitude: 31.2345 },
      { event_time: 1_767_600_720_000, longitude: -121.5, latitude: -31.2 },
      { event_time: 1_767_600_780_000 },
      {
        event_time: 1_767_600_000_000,
        longitude: 2.25,
        latitude: 48.5,
        speed: 1.5,
        altitude: 90.5,
        accuracy: 13,
        source: 'WIFI',
      },
    ],
    faults: [[3, 'not-an-object']],
  },
  {
    title: 'the Timeline of iPhones',
    name: 'location-history.json',
    bytes: bytesOf([
      {
        startTime: '2026-01-05T08:00:00Z',
        endTime: '2026-01-05T09:00:00Z',
        activity: { start: 'geo:1,2', end: 'geo:3,4' },
      },
      {
        startTime: '2026-01-05T08:00:00.000Z',
        endTime: '2026-01-05T10:00:00.000Z',
        timelinePath: [
          { durationMinutesOffsetFromStartTime: '2', point: 'geo:47.25,8.5' },
          { durationMinutesOffsetFromStartTime: '5', point: 'geo:47.5,-8.5;u=10' },
        ],
      },
    ]),
    rows: [
      { event_time: 1_767_600_120_000, longitude: 8.5, latitude: 47.25 },
      { event_time: 1_767_600_300_000, longitude: -8.5, latitude: 47.5 },
    ],
  },
])
