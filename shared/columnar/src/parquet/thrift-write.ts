import type { Bytes } from './bytes.ts'

/**
 * Thrift compact protocol, the writing half, for structs given as literals.
 * A field is `[id, value]`, ids ascending; fields whose value is undefined are left out.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type Struct = { readonly fields: readonly (readonly [id: number, value: Value | undefined])[] }
export type Value =
  | { readonly type: 'i32' | 'i64'; readonly value: number }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'list'; readonly of: keyof typeof codes; readonly items: readonly Value[] }
  | ({ readonly type: 'struct' } & Struct)

export const i32 = (value: number): Value => ({ type: 'i32', value })
export const i64 = (value: number): Value => ({ type: 'i64', value })
export const bool = (value: boolean): Value => ({ type: 'bool', value })
export const binary = (value: Uint8Array): Value => ({ type: 'binary', value })
export const text = (value: string): Value => ({ type: 'binary', value: utf8.encode(value) })
export const struct = (...fields: Struct['fields']): Value => ({ type: 'struct', fields })
export const list = (of: keyof typeof codes, items: readonly Value[]): Value => ({ type: 'list', of, items })

/** Appends one struct; a file's footer and each page header are one. */
export function writeStruct(out: Bytes, { fields }: Struct): void {
  let previous = 0
  for (const [id, value] of fields) {
    if (value === undefined) continue
    const code = value.type === 'bool' ? (value.value ? 1 : 2) : codes[value.type]
    if (id - previous <= 15) out.byte(((id - previous) << 4) | code)
    else {
      out.byte(code)
      out.zigzag(id)
    }
    if (value.type !== 'bool') writeValue(out, value)
    previous = id
  }
  out.byte(0)
}

const utf8 = new TextEncoder()
const codes = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const

function writeValue(out: Bytes, value: Exclude<Value, { type: 'bool' }>): void {
  switch (value.type) {
    case 'i32':
    case 'i64':
      return out.zigzag(value.value)
    case 'binary':
      out.varint(value.value.length)
      return out.append(value.value)
    case 'list':
      if (value.items.length < 15) out.byte((value.items.length << 4) | codes[value.of])
      else {
        out.byte(0xf0 | codes[value.of])
        out.varint(value.items.length)
      }
      for (const item of value.items) if (item.type !== 'bool') writeValue(out, item)
      return
    case 'struct':
      return writeStruct(out, value)
  }
}
