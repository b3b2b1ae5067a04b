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
  {
    title: 'a month of Takeout’s Semantic Location History',
    name: '2022_JANUARY.json',
    bytes: bytesOf({
      timelineObjects: [
        {
          activitySegment: {
            startLocation: { latitudeE7: 472_500_000, longitudeE7: 85_000_000, sourceInfo: { deviceTag: 7 } },
            endLocation: { latitudeE7: 472_600_000, longitudeE7: 85_100_000 },
            duration: { startTimestamp: '2022-01-05T08:00:00Z', endTimestamp: '2022-01-05T08:10:00.500Z' },
            waypointPath: { waypoints: [{ latE7: 472_510_000, lngE7: 85_010_000 }] },
            simplifiedRawPath: {
              points: [
                { latE7: 472_550_000, lngE7: 85_050_000, accuracyMeters: 12, timestamp: '2022-01-05T08:05:00Z' },
                { latE7: 472_560_000, lngE7: 85_060_000, timestampMs: '1641370020000' },
              ],
            },
          },
        },
        { placeVisit: { location: { latitudeE7: 1, longitudeE7: 2 }, duration: {} } },
        {
          placeVisit: {
            location: { latitudeE7: 1, longitudeE7: 2 },
            duration: { startTimestampMs: '1641370200000', endTimestampMs: '1641373800000' },
            simplifiedRawPath: { points: [{ latE7: -10_000_000, lngE7: -20_000_000, timestampMs: '1641371000000' }] },
          },
        },
        {
          activitySegment: {
            duration: { startTimestampMs: '1641374000000' },
            startLocation: { latitudeE7: 10_000_000 },
          },
        },
      ],
    }),
    rows: [
      { event_time: 1_641_369_600_000, longitude: 8.5, latitude: 47.25 },
      { event_time: 1_641_369_900_000, longitude: 8.505, latitude: 47.255, accuracy: 12 },
      { event_time: 1_641_370_020_000, longitude: 8.506, latitude: 47.256 },
      { event_time: 1_641_370_200_500, longitude: 8.51, latitude: 47.26 },
      { event_time: 1_641_371_000_000, longitude: -2, latitude: -1 },
      { event_time: 1_641_374_000_000, latitude: 1 },
    ],
  },
])
