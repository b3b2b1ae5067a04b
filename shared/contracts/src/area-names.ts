import { textBytes } from '@fleetlake/columnar'
import { z } from 'zod'
import { sequence } from './fields.ts'

/** Of an area's name, in UTF-8. */
export const MAX_AREA_NAME_BYTES = 255

/** Areas that one search may name. */
export const MAX_NAMED_AREAS = 64

const ID = /^area-[a-z0-9]{10}$/

/** The id of an area: it stays when the area gets another name. */
export const areaId = z.string().regex(ID, 'must be area- and ten lower-case letters and digits').max(15)

/** Whether a text is an id of an area; none is a name. */
export const isAreaId = (text: string): boolean => ID.test(text)

/** A name as it is kept: composed, without blanks around it, one blank where there were several. */
export const tidyAreaName = (name: string): string => name.normalize('NFC').replaceAll(/\s+/g, ' ').trim()

/** Equal for names that differ in case or in the width of their letters only: two areas have no such names. */
export const areaNameKey = (name: string): string => tidyAreaName(name).normalize('NFKC').toLowerCase()

/** The name of an area, tidied. */
export const areaName = z
  .string()
  .min(1, 'is empty')
  .max(MAX_AREA_NAME_BYTES, `takes at most ${MAX_AREA_NAME_BYTES} bytes of UTF-8`)
  .refine((name) => name.isWellFormed(), 'is not Unicode')
  .refine((name) => textBytes(name) <= MAX_AREA_NAME_BYTES, `takes at most ${MAX_AREA_NAME_BYTES} bytes of UTF-8`)
  .refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), 'has control characters')
  .refine((name) => name === tidyAreaName(name), 'has blanks around it, or several in a row')
  .refine((name) => !isAreaId(name), 'is an id of an area, not a name')

/** An area of the registry as a search has used it. Invariant: `id` and `version` name one polygon for ever. */
export const usedArea = z.strictObject({
  id: areaId,
  name: z.string().max(MAX_AREA_NAME_BYTES).describe('at that version'),
  version: sequence.describe("of the area, from 1: `fleet areas history` has each version's polygon"),
})

export type UsedArea = z.output<typeof usedArea>
