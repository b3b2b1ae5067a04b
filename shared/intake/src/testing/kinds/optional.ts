import { csv, type KindGroup, lines, T, T1 } from './kind.ts'

export const OPTIONAL: KindGroup = {
  title: 'Columns that are not needed, and how tables are written',
  kinds: [
    {
      input: 'speed `5.0 kn`, `12 km/h`, `fast`',
      happens: 'the unit in the cell counts; what can’t be read is unknown and counted, and the row is taken',
      files: csv('id,time,lon,lat,speed', `a,${T},1.5,2.5,10 kn`, `a,${T1},1.5,2.5,36 km/h`, `b,${T},1.5,2.5,fast`),
      expected: {
        first: [{ speed: '5.14' }, { speed: '10' }, {}],
        doubts: { 'speed-not-a-number': 1 },
        told: 'speed ← "speed" (in the unit of each value, else m/s)',
      },
    },
    {
      input: '`\\N`, `Unknown`, `NA`, `-` in any column but the needed ones',
      happens: 'no value',
      files: csv('id,time,lon,lat,speed,heading', `a,${T},1.5,2.5,\\N,Unknown`, `b,${T},1.5,2.5,NA,-`),
      expected: { first: [{ vehicle_id: 'a' }, { vehicle_id: 'b' }], doubts: {} },
    },
    {
      input: 'speeds without a unit that no vehicle drives in m/s',
      happens: 'asked for `--speed-unit`; slower ones are taken in m/s, and it is told',
      files: csv('id,time,lon,lat,speed', `a,${T},1.5,2.5,110`, `a,${T1},1.5,2.5,120`),
      expected: { asked: 'are too fast for m/s: say --speed-unit' },
    },
    {
      input: 'a stray quote in a name: `a,"Bob`',
      happens: 'a character; it costs nothing',
      files: csv('id,driver,time,lon,lat', `a,"Bob,${T},1.5,2.5`, `b,Al"x,${T},1.5,2.5`),
      expected: { first: [{ vehicle_id: 'a' }, { vehicle_id: 'b' }] },
    },
    {
      input: 'a line break within quotes',
      happens: 'one row',
      files: csv('id,note,time,lon,lat', `a,"two`, `lines",${T},1.5,2.5`, `b,one,${T},1.5,2.5`),
      expected: { first: [{ vehicle_id: 'a' }, { vehicle_id: 'b' }] },
    },
    {
      input: 'a cell that is missing at the end of a line',
      happens: 'no value',
      files: csv('id,time,lon,lat,speed', `a,${T},1.5,2.5`, `b,${T},1.5,2.5,3`),
      expected: { first: [{ vehicle_id: 'a' }, { vehicle_id: 'b', speed: '3' }] },
    },
    {
      input: 'more cells than names: `a,…,1,5,2,5`',
      happens: 'the line is refused (`wrong-number-of-columns`): a decimal comma may have cut it',
      files: csv('id,time,lon,lat', `a,${T},1,5,2,5`, `b,${T},1.5,2.5`, `c,${T},1.5,2.5`),
      expected: { rows: 2, reasons: { 'wrong-number-of-columns': 1 } },
    },
    {
      input: 'titles, comments, blank lines before the header; `sep=;`',
      happens: 'passed over; a title such as `Device: van 1` is the vehicle where no column is',
      files: csv('sep=;', 'Route report', 'Device:;van 1', '', '# made by hand', 'time;lon;lat', `${T};1.5;2.5`),
      expected: { first: [{ vehicle_id: 'van 1', longitude: '1.5' }] },
    },
    {
      input: '`# Timestamp,Type of mobile,MMSI,Latitude,Longitude,…` (Danish AIS)',
      happens: 'a header, though it begins as comments do; times are of UTC, speeds in kn',
      files: csv(
        '# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type',
        '18/03/2026 00:00:00,Base Station,2190064,56.7166,11.519,Unknown value,,,,,Unknown,,,Undefined',
        '18/03/2026 00:00:01,Class A,219000001,55.4921,14.7525,Under way using engine,0.7,10.0,241.8,241,Unknown,,,Cargo',
        '18/03/2026 00:00:02,Class A,219000001,91.0,0.0,Under way using engine,0.7,10.0,241.8,241,Unknown,,,Cargo',
      ),
      expected: {
        rows: 2,
        first: [
          { vehicle_id: '2190064', event_time: '2026-03-18T00:00:00.000Z' },
          { vehicle_id: '219000001', vehicle_type: 'Cargo', speed: '5.14', heading: '241' },
          {},
        ],
        reasons: { 'position-not-a-number': 1 },
      },
    },
    {
      input: '`--skip-lines 2`',
      happens: 'the header is what follows',
      files: csv('time,lon,lat', 'nothing,of,this', 'id,time,lon,lat', `a,${T},1.5,2.5`),
      settings: { skipLines: 2 },
      expected: { first: [{ vehicle_id: 'a' }] },
    },
    {
      input: 'no header',
      happens: 'told by a number in the first line; fields are `1`, `2`, …, for `--columns`',
      files: csv('1,2008-02-02 15:36:08,116.51172,39.92123', '1,2008-02-02 15:46:08,116.51135,39.93883'),
      settings: {
        timezone: 'Asia/Shanghai',
        columns: { vehicle_id: '1', event_time: '2', longitude: '3', latitude: '4' },
      },
      expected: { first: [{ vehicle_id: '1', event_time: '2008-02-02T07:36:08.000Z', longitude: '116.51172' }, {}] },
    },
    {
      input: 'decimal commas: `a;…;121,5;31,24`',
      happens: 'told by the coordinates; `--decimal` says it',
      files: csv('id;time;lon;lat;speed', `a;${T};121,5;31,24;3,5`, `b;${T};121,25;31,25;1.003,5`),
      expected: {
        first: [{ longitude: '121.5', latitude: '31.24', speed: '3.5' }, { longitude: '121.25' }],
        told: 'numbers are taken to have a decimal comma',
      },
    },
    {
      input: '`31°14\'24"N`, `31 14 24 N`',
      happens: 'degrees, minutes and seconds',
      files: csv('id,time,lon,lat', `a,${T},"121°30'0""E","31°14'24""N"`, `b,${T},121 30 0 W,31 14 24 S`),
      expected: {
        first: [
          { longitude: '121.5', latitude: '31.24' },
          { longitude: '-121.5', latitude: '-31.24' },
        ],
      },
    },
    {
      input: '`3114.4,N` (ddmm.mmmm)',
      happens: 'read where a hemisphere is with it, and told; else asked for `--coordinates minutes`',
      files: csv('id,time,lat,N/S,lon,E/W', `a,${T},3114.4,N,12130.0,E`, `a,${T1},3114.4,N,12130.0,E`),
      expected: { first: [{ longitude: '121.5', latitude: '31.24' }, {}], told: 'degrees and minutes, ddmm.mmmm' },
    },
    {
      input: 'UTF-16 with its mark; lines that end in CR alone',
      happens: 'read',
      files: { 'a.csv': Buffer.from(`\uFEFF${lines('id,time,lon,lat', `ü,${T},1.5,2.5`)}`, 'utf16le') },
      expected: { first: [{ vehicle_id: 'ü' }] },
    },
    {
      input: 'an id that is no UTF-8',
      happens: 'refused (`not-utf-8`): two ids might read as one',
      files: {
        'a.csv': Buffer.concat([
          Buffer.from(lines('id,time,lon,lat', `a,${T},1.5,2.5`)),
          Buffer.from([0xfc]),
          Buffer.from(`,${T},1.5,2.5\n`),
        ]),
      },
      expected: { rows: 1, reasons: { 'not-utf-8': 1 } },
    },
  ],
}
