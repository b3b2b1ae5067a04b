import { csv, type KindGroup, lines, T, T1 } from './kind.ts'

const T2 = '2026-05-06T07:10:09Z'

export const NO_DATA: KindGroup = {
  title: 'What stands for no value',
  kinds: [
    {
      input: 'speed `-1`, heading `511`',
      happens:
        'unknown; a heading of `360` is 0. What a row does not know is not made up from the row before where the file has a column for it',
      files: csv('id,time,lon,lat,speed,heading', `a,${T},1.5,2.5,-1,511`, `a,${T1},1.5,2.5001,3,360`),
      expected: {
        first: [
          { speed: '-1', heading: '511' },
          { speed: '3', heading: '360' },
        ],
      },
    },
    {
      input: '0, 0',
      happens: 'refused and counted: `null-island`',
      files: csv('id,time,lon,lat', `a,${T},0,0`, `a,${T1},1.5,2.5`, `a,${T2},1.5,2.5`),
      expected: { rows: 2, reasons: { 'null-island': 1 } },
    },
    {
      input: 'JSON ids beyond 2^53: `9007199254740993`',
      happens: 'kept with all digits',
      files: {
        'a.ndjson': lines(
          `{"id":9007199254740993,"time":"${T}","lon":1.5,"lat":2.5}`,
          `{"id":9007199254740992,"time":"${T}","lon":1.5,"lat":2.5}`,
        ),
      },
      expected: { first: [{ vehicle_id: '9007199254740993' }, { vehicle_id: '9007199254740992' }] },
    },
    {
      input: 'id `3.58899E+14`',
      happens: 'refused (`vehicle-id-rounded`): its last digits are lost',
      files: csv('imei,time,lon,lat', `3.58899E+14,${T},1.5,2.5`, `358990000000001,${T},1.5,2.5`),
      expected: { rows: 1, reasons: { 'vehicle-id-rounded': 1 } },
    },
    {
      input: 'id `123.0`; ids with blanks around',
      happens: '`123`; the blanks are taken off',
      files: csv('imei,time,lon,lat', `123.0,${T},1.5,2.5`, `"\u00A0124 ",${T},1.5,2.5`),
      expected: { first: [{ vehicle_id: '123' }, { vehicle_id: '124' }] },
    },
    {
      input: 'AIS: speed `102.3`, course `360.0`, heading `511`, longitude `181`',
      happens: 'unknown, unknown, unknown, refused',
      files: csv(
        'MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading',
        '366000001,2026-05-06T07:08:09,29.5,-90.25,102.3,360.0,511.0',
        '366000001,2026-05-06T07:09:09,29.5,181,3,10,10',
        '366000001,2026-05-06T07:10:09,29.5,-90.25,10,20,511.0',
      ),
      expected: {
        rows: 2,
        first: [
          { vehicle_id: '366000001', event_time: '2026-05-06T07:08:09.000Z' },
          {},
          { speed: '5.14', heading: '20' },
        ],
        reasons: { 'position-not-a-number': 1 },
      },
    },
    {
      input: 'two positions that such a vehicle can’t have driven between',
      happens: 'kept, and counted as `implausible`',
      files: csv('id,time,lon,lat,type', `a,${T},1.5,2.5,bus`, `a,${T1},3.5,2.5,bus`),
      expected: { rows: 2, doubts: { implausible: 1 } },
    },
  ],
}
