import type { ExpressionSpecification } from 'maplibre-gl'

type Value = number | ExpressionSpecification

/**
 * A value that grows with the zoom, as what is drawn grows.
 * @param stops by whole zoom levels
 * @param base of the powers by which it grows between them; 1 is evenly
 */
export const byZoom = (stops: Readonly<Record<number, Value>>, base = 1.5): ExpressionSpecification =>
  [
    'interpolate',
    ['exponential', base],
    ['zoom'],
    ...Object.entries(stops).flatMap(([zoom, value]) => [Number(zoom), value]),
  ] as unknown as ExpressionSpecification
