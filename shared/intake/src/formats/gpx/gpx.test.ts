import { conformsToFormat } from '../../testing/format-conformance.ts'
import { GPX } from './read-gpx.ts'

const utf8 = new TextEncoder()
const at = (time: string): number => Date.parse(time)

conformsToFormat(GPX, [
  {
    title: 'GPX 1.1 with Garmin’s extension',
    name: 'morning.gpx',
    bytes: utf8.encode(`<?xml version="1.0" encoding="UTF-8"?>
<!-- from a device -->
<gpx version="1.1" creator="Garmin Connect" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
  <metadata><name>not a vehicle</name><time>2026-01-05T08:00:00Z</time></metadata>
  <wpt lat="50" lon="8"><name>Depot</name></wpt>
  <wpt lat="50.5" lon="8.5"><time>2026-01-05T07:00:00Z</time><name>Stop</name></wpt>
  <trk>
    <name>van &amp; 1&nbsp;</name>
    <type>driving</type>
    <trkseg>
      <trkpt lat="50.1234567" lon="8.25"><ele>101.5</ele><time>2026-01-05T08:00:00.250Z</time>
        <extensions><ns3:TrackPointExtension><ns3:atemp>21</ns3:atemp><ns3:hr>80</ns3:hr><ns3:speed>12.5</ns3:speed><ns3:course>270</ns3:course></ns3:TrackPointExtension></extensions>
      </trkpt>
      <trkpt lat="50.2" lon="8.5"><time>2026-01-05T10:00:05+02:00</time><name><![CDATA[a & b]]></name><link href="x"><text>no field</text></link></trkpt>
      <trkpt lat="50.3" lon="8.75"/>
    </trkseg>
  </trk>
  <trk><trkseg><trkpt lon="-0.5" lat="x50.4"><time>2026-01-05T08:00:10</time><extensions><speed>44</speed><battery>80</battery><mode>eco</mode></extensions></trkpt></trkseg></trk>
  <rte><name>route 9</name><rtept lat="1" lon="2"/><rtept lat="1" lon="2"><time>2026-01-05T08:00:11Z</time></rtept></rte>
</gpx>
`),
    rows: [
      { event_time: at('2026-01-05T07:00:00Z'), longitude: 8.5, latitude: 50.5, name: 'Stop' },
      {
        vehicle_id: 'van & 1&nbsp;',
        track_type: 'driving',
        event_time: at('2026-01-05T08:00:00.250Z'),
        longitude: 8.25,
        latitude: 50.1234567,
        altitude: 101.5,
        temperature: 21,
        heart_rate: 80,
        speed: 12.5,
        heading: 270,
      },
      {
        vehicle_id: 'van & 1&nbsp;',
        track_type: 'driving',
        event_time: at('2026-01-05T08:00:05Z'),
        longitude: 8.5,
        latitude: 50.2,
        name: 'a & b',
      },
      { vehicle_id: 'van & 1&nbsp;', track_type: 'driving', longitude: 8.75, latitude: 50.3 },
      {
        event_time: at('2026-01-05T08:00:10Z'),
        longitude: -0.5,
        extension_speed: '44',
        extension_battery: '80',
        mode: 'eco',
      },
      { vehicle_id: 'route 9', event_time: at('2026-01-05T08:00:11Z'), longitude: 2, latitude: 1 },
    ],
  },
  {
    title: 'GPX 1.0 as Traccar and loggers write it, on one line, in UTF-16',
    bytes: Buffer.from(
      '\uFEFF<?xml version="1.0" encoding="UTF-16"?><gpx version="1.0"><trk><name>Čas 7</name><trkseg>' +
        '<trkpt lat="-33.5" lon="151.25"><ele>12.0</ele><time>2026-01-05T08:00:00.000+00:00</time><course>359.9</course><speed>0</speed></trkpt>' +
        '<trkpt lat="-33.6" lon="151.5"><time>2026-02-30T08:00:00Z</time></trkpt>' +
        '</trkseg></trk></gpx>',
      'utf16le',
    ),
    rows: [
      {
        vehicle_id: 'Čas 7',
        event_time: at('2026-01-05T08:00:00Z'),
        longitude: 151.25,
        latitude: -33.5,
        altitude: 12,
        heading: 359.9,
        speed: 0,
      },
      { vehicle_id: 'Čas 7', longitude: 151.5, latitude: -33.6 },
    ],
  },
])
