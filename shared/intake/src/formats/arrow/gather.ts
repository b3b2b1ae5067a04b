import { type Field, valueOf } from '../block.ts'

/** Values of rows by their places in a dictionary; a place below 0 stands for none. */
export const gatherField = (known: Field, places: Int32Array): Field => {
  switch (known.kind) {
    case 'text': {
      const [starts, ends] = [new Int32Array(places.length), new Int32Array(places.length)]
      for (let i = 0; i < places.length; i++) {
        const place = places[i]
        starts[i] = place < 0 ? -1 : known.starts[place]
        ends[i] = place < 0 ? -1 : known.ends[place]
      }
      return { kind: 'text', bytes: known.bytes, starts, ends }
    }
    case 'number':
    case 'instant': {
      const values = new Float64Array(places.length)
      for (let i = 0; i < places.length; i++) values[i] = places[i] < 0 ? Number.NaN : known.values[places[i]]
      return { kind: known.kind, values }
    }
    case 'value':
      return { kind: 'value', values: Array.from(places, (place) => (place < 0 ? undefined : known.values[place])) }
  }
}

/** The values of a dictionary with those that are added to it. */
export const joinFields = (a: Field, b: Field): Field => {
  if (a.kind === 'text' && b.kind === 'text') {
    const bytes = new Uint8Array(a.bytes.length + b.bytes.length)
    bytes.set(a.bytes)
    bytes.set(b.bytes, a.bytes.length)
    const shift = (place: number): number => (place < 0 ? -1 : place + a.bytes.length)
    return {
      kind: 'text',
      bytes,
      starts: joinPlaces(a.starts, b.starts.map(shift)),
      ends: joinPlaces(a.ends, b.ends.map(shift)),
    }
  }
  if ((a.kind === 'number' && b.kind === 'number') || (a.kind === 'instant' && b.kind === 'instant')) {
    const values = new Float64Array(a.values.length + b.values.length)
    values.set(a.values)
    values.set(b.values, a.values.length)
    return { kind: a.kind, values }
  }
  // Of numbers that a double holds and others that it does not.
  return { kind: 'value', values: [...valuesIn(a), ...valuesIn(b)] }
}

const joinPlaces = (a: Int32Array, b: Int32Array): Int32Array => {
  const joined = new Int32Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

const valuesIn = (field: Field): unknown[] =>
  Array.from({ length: countOf(field) }, (_, row): unknown => valueOf(field, row))

/** The rows of a field. */
export const countOf = (field: Field): number => (field.kind === 'text' ? field.starts.length : field.values.length)
