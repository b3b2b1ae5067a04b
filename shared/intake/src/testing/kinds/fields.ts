import { csv, type KindGroup, lines, T, T1 } from './kind.ts'

export const FIELDS: KindGroup = {
  title: 'Which field is what',
  kinds: [
    {
      input: 'JSON objects with other keys than the first: `{"id":"a",…}`, `{…,"speed":3}`',
      happens: 'fields are looked up in each row; nothing is dropped for the file',
      files: {
        'a.ndjson': lines(
          `{"id":"a","time":"${T}","lon":1.5,"lat":2.5}`,
          `{"lat":2.5,"speed":3,"id":"a","lon":1.5,"time":"${T1}"}`,
        ),
      },
      expected: { first: [{ vehicle_id: 'a' }, { vehicle_id: 'a', speed: '3' }] },
    },
    {
      input: 'a second header, in another order',
      happens: 'the rows below it are read by it',
      files: csv('id,time,lon,lat', `a,${T},1.5,2.5`, 'lat,lon,time,id', `3.5,4.5,${T1},b`),
      expected: { rows: 2, first: [{ vehicle_id: 'a', longitude: '1.5', latitude: '2.5' }] },
    },
    {
      input: 'columns `N/S` and `E/W`',
      happens: 'applied; a row without one is refused, and so is `-31.24` with `N`',
      files: csv('id,time,lat,N/S,lon,E/W', `a,${T},31.24,S,121.5,W`, `a,${T1},31.24,S,121.5,W`),
      expected: { first: [{ longitude: '-121.5', latitude: '-31.24' }, {}] },
    },
    {
      input: '`id`, `Name` and `MMSI` in one table',
      happens: '`MMSI` is the vehicle, and it is told',
      files: csv('id,Name,MMSI,time,lon,lat', `1,EVER GIVEN,353136000,${T},1.5,2.5`),
      expected: {
        first: [{ vehicle_id: '353136000' }],
        told: 'vehicle_id is read from "MMSI", not from "id", "Name"',
      },
    },
    {
      input: 'fields `Altitude`, `ODOMETER`',
      happens: 'the well-known measures `altitude`, `odometer`: in names of quantities capitals do not matter',
      files: csv('id,time,lon,lat,Altitude,ODOMETER', `a,${T},1.5,2.5,31,7`),
      expected: { first: [{ altitude: '31', odometer: '7' }] },
    },
    {
      input: 'an `id` that counts the rows',
      happens: 'asked: it is a row’s number',
      files: csv('id,time,lon,lat', ...[1, 2, 3, 4, 5].map((id) => `${id},${T},1.5,2.5`)),
      expected: { asked: 'the field "id" counts the rows' },
    },
    {
      input: '`x`, `y` in metres: `352000.5,3461000.2`',
      happens: 'refused, with where they would be as Web Mercator',
      files: csv('id,time,x,y', `a,${T},352000.5,3461000.2`, `a,${T1},352010.5,3461010.2`),
      expected: { asked: 'metres of a map projection' },
    },
    {
      input: 'radians: `2.1193,0.5452`',
      happens: 'refused, unless `--coordinates degrees`',
      files: csv('id,time,lon,lat', `a,${T},2.11931,0.54521`, `a,${T1},2.11932,0.54522`),
      expected: { asked: 'lie within ±π and ±π/2' },
    },
    {
      input: 'longitude and latitude the other way round',
      happens: 'asked, with the flag that turns them',
      files: csv('id,time,lon,lat', `a,${T},31.24,121.5`, `a,${T1},31.25,121.5`),
      expected: { asked: 'if they are the other way round, say --columns longitude=lat,latitude=lon' },
    },
    {
      input: '`POINT (121.5 31.24)`, `SRID=4326;POINT(…)`, hexadecimal WKB, GeoJSON in a cell',
      happens: 'both coordinates; another SRID is refused',
      files: csv('id,time,geom', `a,${T},POINT (121.5 31.24)`, `a,${T1},SRID=4326;POINT(121.6 31.25)`),
      expected: {
        first: [
          { longitude: '121.5', latitude: '31.24' },
          { longitude: '121.6', latitude: '31.25' },
        ],
      },
    },
    {
      input: '`"31.24,121.5"` or `31.24 121.5` in one cell of `location`',
      happens: 'the order by what is beyond ±90, by hemispheres, or by a name such as `lat_lng`; it is told',
      files: csv('id,time,location', `a,${T},"31.24,121.5"`, `a,${T1},"31.25, 121.6"`),
      expected: {
        first: [
          { longitude: '121.5', latitude: '31.24' },
          { longitude: '121.6', latitude: '31.25' },
        ],
        told: 'the latitude first, since latitudes are not beyond ±90',
      },
    },
    {
      input: '`"48.85,2.29"` in one cell of `location`',
      happens: 'asked: `--coordinates lat-lon` or `lon-lat`',
      files: csv('id,time,location', `a,${T},"48.85,2.29"`),
      expected: { asked: 'may have the latitude or the longitude first' },
    },
    {
      input: '`--columns load=cargo` where `cargo` is an object',
      happens: 'asked, with its members: `cargo.weight`, …',
      files: { 'a.ndjson': lines(`{"id":"a","time":"${T}","lon":1.5,"lat":2.5,"cargo":{"weight":5,"kind":"x"}}`) },
      settings: { columns: { load: 'cargo' } },
      expected: { asked: '"cargo" is an object, whose members are fields of their own: name one of "cargo.weight"' },
    },
    {
      input: '`--columns vehicle_id=VIN` where there is no `VIN`',
      happens: 'refused, with the nearest names',
      files: csv('vinn,time,lon,lat', `a,${T},1.5,2.5`),
      settings: { columns: { vehicle_id: 'VIN' } },
      expected: { asked: 'there is no field "VIN" (did you mean "vinn"?)' },
    },
  ],
}
