import { z } from 'zod'

/**
 * What OGC's published JSON schema of 19-045r3, encoding Prism, asks of the parts that are used: datetimes and coordinates are two at least and
 * no datetime is there twice, also of temporal properties, which are numbers or texts; a unit is three letters or an address; a collection has a feature. Beyond it:
 * as many coordinates as datetimes, which ascend, and no members beyond the schema but `gaps` and `status`.
 */
const datetimes = z
  .array(z.iso.datetime())
  .min(2)
  .refine((times) => new Set(times).size === times.length, 'a datetime is there twice')
  .refine((times) => times.every((time, i) => i === 0 || Date.parse(time) > Date.parse(times[i - 1])), 'not ascending')

const reference = z.strictObject({ type: z.literal('Name'), properties: z.strictObject({ name: z.string() }) })

const measure = z.strictObject({
  type: z.literal('Measure'),
  form: z.union([z.string().length(3), z.url()]).optional(),
  description: z.string().optional(),
  values: z.array(z.number().nullable()),
  interpolation: z.enum(['Discrete', 'Step', 'Linear', 'Regression']),
})

const text = z.strictObject({
  type: z.literal('Text'),
  description: z.string().optional(),
  values: z.array(z.string().nullable()),
  interpolation: z.enum(['Discrete', 'Step', 'Regression']),
})

const property = z.discriminatedUnion('type', [measure, text])

/** `datetimes`, and a value for each in every other member. */
const parametricValues = z
  .looseObject({ datetimes, speed: measure.optional(), heading: measure.optional() })
  .transform(({ datetimes: times, ...members }) => ({
    datetimes: times,
    members: z.record(z.string(), property).parse(members),
  }))
  .refine(({ datetimes: { length }, members }) =>
    Object.values(members).every(({ values }) => values.length === length),
  )

export const mfJsonModel = z.strictObject({
  type: z.literal('FeatureCollection'),
  crs: reference,
  trs: reference,
  gaps: z.strictObject({
    rule: z.enum(['automatic', 'fixed']),
    fromMs: z.number(),
    toMs: z.number(),
    reports: z.enum(['all', 'found', 'both']).optional(),
  }),
  status: z.string(),
  features: z
    .array(
      z.strictObject({
        type: z.literal('Feature'),
        geometry: z.null(),
        properties: z.strictObject({ vehicle_id: z.string(), vehicle_type: z.string(), reports: z.int().positive() }),
        temporalGeometry: z
          .strictObject({
            type: z.literal('MovingPoint'),
            datetimes,
            coordinates: z.array(z.tuple([z.number(), z.number()])).min(2),
            interpolation: z.enum(['Discrete', 'Step', 'Linear', 'Quadratic', 'Cube']),
          })
          .refine((moving) => moving.datetimes.length === moving.coordinates.length),
        temporalProperties: z.array(parametricValues),
      }),
    )
    .min(1),
})
