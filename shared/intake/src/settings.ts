import { measureNameFault } from '@fleetlake/columnar'
import { z } from 'zod'
import { isNoMeasure } from './fields/parse-mapping.ts'
import { FORMAT_NAMES } from './formats/format.ts'
import { COORDINATE_FORMS } from './values/readings.ts'
import { SPEED_UNITS, type SpeedUnit } from './values/units.ts'

const name = z.string().min(1).max(255)

/** What a person may say of the files of an import; everything has a default, or is found out and told. */
export const importSettings = z.strictObject({
  columns: z
    .record(
      name.superRefine((said, context) => {
        const fault = isNoMeasure(said) ? undefined : measureNameFault(said)
        if (fault !== undefined) context.addIssue(fault)
      }),
      name,
    )
    .optional()
    .describe('the field of the input for a column or a measure, by its name'),
  timezone: name.optional().describe('of times without an offset, such as Asia/Shanghai or UTC'),
  timeFormat: name.optional().describe('auto, iso, epoch-s, …, or a pattern such as "DD/MM/YYYY HH:mm:ss"'),
  speedUnit: z
    .enum(Object.keys(SPEED_UNITS) as [SpeedUnit, ...SpeedUnit[]])
    .optional()
    .describe('of numbers of speed that have no unit of their own'),
  coordinates: z
    .enum(COORDINATE_FORMS)
    .optional()
    .describe('decimal degrees, or ddmm.mmmm; of fields with both coordinates which one comes first'),
  decimal: z.enum(['.', ',']).optional().describe('the mark before decimals'),
  vehicleType: name.optional().describe('of rows without a type'),
  vehicleId: name.optional().describe('of all rows'),
  vehicleIdFrom: name.optional().describe("pattern of the files' names, such as {name} or {parent}"),
  from: z.enum(FORMAT_NAMES).optional().describe('the format; found out by content when missing'),
  delimiter: z.string().length(1).optional().describe('of delimited text'),
  hasHeader: z.boolean().optional().describe('whether delimited text begins with the names of its fields'),
  skipLines: z.number().int().min(0).max(100_000).optional().describe('lines before the header'),
  path: name.optional().describe('where the rows of a JSON document are, such as data.positions'),
  table: name.optional().describe('of a workbook or a database'),
  corrections: z.boolean().optional().describe('whether the files correct earlier reports of their source'),
})

export type ImportSettings = z.output<typeof importSettings>
