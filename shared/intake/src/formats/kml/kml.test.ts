import { conformsToFormat } from '../../testing/format-conformance.ts'
import { KML } from './read-kml.ts'

const utf8 = new TextEncoder()
const at = (time: string): number => Date.parse(time)

conformsToFormat(KML, [
  {
    title: 'tracks with arrays, and placemarks with a point',
    bytes: utf8.encode(`<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>
  <name>GPS device</name>
  <Schema id="schema">
    <gx:SimpleArrayField name="heartrate" type="int"><displayName>Heart Rate</displayName></gx:SimpleArrayField>
    <gx:SimpleArrayField name="speed" type="float"><displayName>Speed</displayName></gx:SimpleArrayField>
  </Schema>
  <Folder><name>Tracks</name>
    <Placemark id="1">
      <name>2010-05-28T01:16:35.000Z</name>
      <LookAt><gx:TimeStamp><when>2001-01-01T00:00:00Z</when></gx:TimeStamp></LookAt>
      <gx:Track>
        <altitudeMode>absolute</altitudeMode>
        <when>2010-05-28T02:02:09Z</when>
        <when>2010-05-28T02:02:35Z</when>
        <when>2010-05-28</when>
        <gx:coord>-122.207881 37.371915 156.000000</gx:coord>
        <gx:coord>-122.205712 37.373288 0</gx:coord>
        <gx:coord/>
        <gx:angles>45.54676 66.2342 77.0</gx:angles>
        <gx:angles>46 66.2342 77.0</gx:angles>
        <gx:angles>47 66.2342 77.0</gx:angles>
        <ExtendedData>
          <SchemaData schemaUrl="#schema">
            <gx:SimpleArrayData name="heartrate"><gx:value>134</gx:value><gx:value></gx:value><gx:value>136</gx:value></gx:SimpleArrayData>
            <gx:SimpleArrayData name="speed"><gx:value>30</gx:value><gx:value>31</gx:value><gx:value>32</gx:value></gx:SimpleArrayData>
            <gx:SimpleArrayData name="power"><gx:value>30</gx:value></gx:SimpleArrayData>
          </SchemaData>
        </ExtendedData>
      </gx:Track>
    </Placemark>
    <Placemark><name>bus 9</name><ExtendedData><Data name="lineRef"><value>9</value></Data><Data name="vehicle_type"><value>bus</value></Data></ExtendedData>
      <gx:MultiTrack>
        <gx:Track><when>2010-05-28T02:02:09+02:00</when><gx:coord>8 50 0</gx:coord><when>2010-05-28T02:02:10+02:00</when><gx:coord>8.5 50.5 7</gx:coord></gx:Track>
        <gx:Track><when>2010-05-28T02:02:11Z</when><when>2010-05-28T02:02:12Z</when><gx:coord>8 50 0</gx:coord></gx:Track>
        <gx:Track/>
      </gx:MultiTrack>
    </Placemark>
    <Placemark><name>Depot</name><Point><coordinates>8,50,0</coordinates></Point></Placemark>
    <Placemark><name>van 2</name><TimeStamp><when>2026-01-05T08:00:00.5Z</when></TimeStamp><Point><coordinates> 8.25, 50.5,
      0 </coordinates></Point></Placemark>
    <Placemark><name>van 2</name><TimeStamp><when>2026-01</when></TimeStamp><Point><coordinates>8.25,50.75</coordinates></Point></Placemark>
  </Folder>
</Document>
</kml>
`),
    rows: [
      {
        vehicle_id: '2010-05-28T01:16:35.000Z',
        event_time: at('2010-05-28T02:02:09Z'),
        longitude: -122.207881,
        latitude: 37.371915,
        altitude: 156,
        heading: 45.54676,
        heartrate: '134',
        extension_speed: '30',
      },
      {
        vehicle_id: '2010-05-28T01:16:35.000Z',
        event_time: at('2010-05-28T02:02:35Z'),
        longitude: -122.205712,
        latitude: 37.373288,
        altitude: 0,
        heading: 46,
        extension_speed: '31',
      },
      { vehicle_id: '2010-05-28T01:16:35.000Z', heading: 47, heartrate: '136', extension_speed: '32' },
      {
        vehicle_id: 'bus 9',
        vehicle_type: 'bus',
        event_time: at('2010-05-28T00:02:09Z'),
        longitude: 8,
        latitude: 50,
        line_ref: '9',
      },
      {
        vehicle_id: 'bus 9',
        vehicle_type: 'bus',
        event_time: at('2010-05-28T00:02:10Z'),
        longitude: 8.5,
        latitude: 50.5,
        altitude: 7,
        line_ref: '9',
      },
      { vehicle_id: 'van 2', event_time: at('2026-01-05T08:00:00.5Z'), longitude: 8.25, latitude: 50.5 },
      { vehicle_id: 'van 2', longitude: 8.25, latitude: 50.75 },
    ],
    faults: [
      [1, 'malformed'],
      [6, 'malformed'],
    ],
  },
  {
    title: 'clocks whose zone is not said, and OGC’s KML 2.3',
    bytes: utf8.encode(`<kml xmlns="http://www.opengis.net/kml/2.3"><Placemark><Track>
<when>2026-01-05T08:00:00</when><when>2026-01-05T08:00:01.25</when><coord>8 50</coord><coord>9 51</coord></Track></Placemark></kml>`),
    rows: [
      { event_time: '2026-01-05T08:00:00.000', longitude: 8, latitude: 50 },
      { event_time: '2026-01-05T08:00:01.250', longitude: 9, latitude: 51 },
    ],
  },
])
