import type { ViewBounds } from '../shell/view-bounds.ts'

/** Beyond each edge, as a part of the view: so that a small step shows vehicles at once. */
const MARGIN = 0.35
/** The watched bounds may be this many times as wide as needed before they are narrowed. */
const SLACK = 3

const withMargin = ([west, south, east, north]: ViewBounds): ViewBounds => {
  const [dx, dy] = [(east - west) * MARGIN, (north - south) * MARGIN]
  return [west - dx, Math.max(-90, south - dy), east + dx, Math.min(90, north + dy)]
}

/** Bounds to watch for a view: those that are watched as long as they hold the view and are not much larger, else new ones. */
export const boundsToWatch = (view: ViewBounds, watched: ViewBounds | undefined): ViewBounds => {
  const wanted = withMargin(view)
  if (watched === undefined) return wanted
  const holds = watched[0] <= view[0] && watched[1] <= view[1] && watched[2] >= view[2] && watched[3] >= view[3]
  const isWide = watched[2] - watched[0] > (wanted[2] - wanted[0]) * SLACK
  return holds && !isWide ? watched : wanted
}
