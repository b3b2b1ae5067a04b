import { Type } from 'apache-arrow/fb/type'
import { UnionMode } from 'apache-arrow/fb/union-mode'
import { FleetError } from '@fleetlake/core'
import type { FlatTable, FlatVector } from './flat-table.ts'
import type { ColumnPlace } from './foreign-batch.ts'

/** A column of a schema, whatever its type, with all that is within it. */
export interface NestedColumn extends ColumnPlace {
  readonly name: string
  /** Arrow's number of it. */
  readonly type: number
  readonly details: FlatTable | undefined
  readonly children: readonly NestedColumn[]
  /** Its values are indexes into a dictionary, which is numbered by itself. */
  readonly dictionary?: { readonly id: bigint; readonly index: FlatTable | undefined; readonly values: NestedColumn }
  /** Before version 5 of the metadata a union had a buffer for its nulls. */
  readonly hasUnionValidity: boolean
}

/** Columns in all, those within others included: tables may share parts, so that few bytes could hold columns without end. */
const MOST_FIELDS = 4_096
const MOST_DEPTH = 64
const OLDEST_VERSION_WITHOUT_UNION_VALIDITY = 4

/** `Type` has it with an underscore. */
export const STRUCT = 13

/** The buffers of each type, those of its children apart; of views those that every batch has. */
const SHAPES: Partial<Record<number, { readonly buffers: number; readonly isViews?: boolean }>> = {
  [Type.Null]: { buffers: 0 },
  [Type.Int]: { buffers: 2 },
  [Type.FloatingPoint]: { buffers: 2 },
  [Type.Binary]: { buffers: 3 },
  [Type.Utf8]: { buffers: 3 },
  [Type.Bool]: { buffers: 2 },
  [Type.Decimal]: { buffers: 2 },
  [Type.Date]: { buffers: 2 },
  [Type.Time]: { buffers: 2 },
  [Type.Timestamp]: { buffers: 2 },
  [Type.Interval]: { buffers: 2 },
  [Type.List]: { buffers: 2 },
  [STRUCT]: { buffers: 1 },
  [Type.Union]: { buffers: 1 },
  [Type.FixedSizeBinary]: { buffers: 2 },
  [Type.FixedSizeList]: { buffers: 1 },
  [Type.Map]: { buffers: 2 },
  [Type.Duration]: { buffers: 2 },
  [Type.LargeBinary]: { buffers: 3 },
  [Type.LargeUtf8]: { buffers: 3 },
  [Type.LargeList]: { buffers: 2 },
  [Type.RunEndEncoded]: { buffers: 0 },
  [Type.BinaryView]: { buffers: 2, isViews: true },
  [Type.Utf8View]: { buffers: 2, isViews: true },
  [Type.ListView]: { buffers: 3 },
  [Type.LargeListView]: { buffers: 3 },
}

const invalid = (what: string): FleetError => new FleetError('arrow.invalid', what)

const names = new TextDecoder('utf-8', { ignoreBOM: true })

/** A name of a schema; what is beyond 255 characters of it is cut. */
export const nameOf = (field: FlatTable): string => names.decode(field.text(0).subarray(0, 1_024)).slice(0, 255)

/**
 * The columns of a schema, each as it is asked for, in their order.
 * @param version of the metadata
 * @throws FleetError `arrow.invalid` for more than can be, and for types that are not known
 */
export const createColumnWalk = (version: number): ((field: FlatTable) => NestedColumn) => {
  let fields = 0
  const hasUnionValidity = version < OLDEST_VERSION_WITHOUT_UNION_VALIDITY
  const walkFrom = (): ((field: FlatTable, depth: number, isValues?: boolean) => NestedColumn) => {
    let [node, buffer, viewsBefore] = [0, 0, 0]
    const pass = (field: FlatTable, depth: number, isValues = false): NestedColumn => {
      if (++fields > MOST_FIELDS) throw invalid(`the Arrow batch has more than ${MOST_FIELDS} columns`)
      if (depth > MOST_DEPTH) throw invalid('the columns of the Arrow batch are nested too deeply')
      const type: number = field.int8(2)
      const details = field.table(3)
      const column = { name: nameOf(field), type, details, node, buffer, viewsBefore, hasUnionValidity }
      node++
      const encoding = isValues ? undefined : field.table(4)
      if (encoding !== undefined) {
        buffer += 2
        const values = walkFrom()(field, depth + 1, true)
        return { ...column, children: [], dictionary: { id: encoding.int64(0), index: encoding.table(1), values } }
      }
      const shape = SHAPES[type]
      if (shape === undefined) throw invalid(`the Arrow batch has a column of an unknown type (${type})`)
      buffer += shape.buffers
      if (type === Type.Union) {
        if (details?.int16(0) === UnionMode.Dense) buffer++
        if (hasUnionValidity) buffer++
      }
      if (shape.isViews) viewsBefore++
      const children: FlatVector = field.vector(5, 4)
      return {
        ...column,
        children: Array.from({ length: children.length }, (_, i) => pass(children.table(i), depth + 1)),
      }
    }
    return pass
  }
  const pass = walkFrom()
  return (field) => pass(field, 0)
}
