import {
  TerraDrawCircleMode,
  TerraDrawFreehandMode,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
  TerraDrawSelectMode,
  type GeoJSONStoreFeatures,
  type HexColor,
  ValidateNotSelfIntersecting,
} from 'terra-draw'
import type { RingKind } from './ring-kind.ts'

export const TOOLS = ['polygon', 'rectangle', 'circle', 'freehand'] as const
export type Tool = (typeof TOOLS)[number]

/** Which of terra-draw's modes edits a kind of ring. */
export const MODE_OF_KIND: Readonly<Record<RingKind, Tool>> = {
  polygon: 'polygon',
  rectangle: 'rectangle',
  circle: 'circle',
  long: 'freehand',
}

export interface DrawColours {
  readonly area: HexColor
  /** Of what is cut out. */
  readonly hole: HexColor
  /** Of handles. */
  readonly handle: HexColor
}

export interface ModeOptions {
  /** Asked at each drawing, so that it may change. */
  readonly colours: () => DrawColours
  readonly isCutting: () => boolean
  /** Its corners are marked: it is being drawn, and not what was there. */
  readonly isMarked: (featureId: unknown) => boolean
  /** A corner was refused. */
  readonly onCrossing: () => void
}

type DrawMode =
  | TerraDrawPolygonMode
  | TerraDrawRectangleMode
  | TerraDrawCircleMode
  | TerraDrawFreehandMode
  | TerraDrawSelectMode

/** The modes of drawing, and the one of editing what is there. */
export const createModes = ({ colours, isCutting, isMarked, onCrossing }: ModeOptions): DrawMode[] => {
  const colour = ({ properties }: GeoJSONStoreFeatures): HexColor => {
    const isHole = properties['currentlyDrawing'] === true ? isCutting() : properties['role'] === 'hole'
    return isHole ? colours().hole : colours().area
  }
  // What is there is filled by a layer of its own, which spares holes.
  const fillOpacity = ({ properties }: GeoJSONStoreFeatures): number =>
    properties['currentlyDrawing'] === true ? 0.16 : 0
  const styles = { fillColor: colour, fillOpacity, outlineColor: colour, outlineWidth: 2, outlineOpacity: 1 }
  const markOpacity = ({ properties }: GeoJSONStoreFeatures): number =>
    Number(isMarked(properties['coordinatePointFeatureId']))
  const points = {
    coordinatePointOpacity: markOpacity,
    coordinatePointOutlineOpacity: markOpacity,
    closingPointColor: () => colours().handle,
    closingPointOutlineColor: colour,
    closingPointWidth: 5,
    closingPointOutlineWidth: 2,
    coordinatePointColor: () => colours().handle,
    coordinatePointOutlineColor: colour,
    coordinatePointWidth: 4,
    coordinatePointOutlineWidth: 2,
  }
  // Escape, Delete and undoing are the page's.
  const keyEvents = { finish: 'Enter', cancel: null }
  return [
    new TerraDrawPolygonMode({
      keyEvents,
      pointerDistance: 20,
      showCoordinatePoints: true,
      styles: { ...styles, ...points },
      validation: (feature, context) => {
        if (context.updateType === 'provisional') return { valid: true }
        const result = ValidateNotSelfIntersecting(feature)
        if (!result.valid) onCrossing()
        return result
      },
    }),
    new TerraDrawRectangleMode({ keyEvents, styles, drawInteraction: 'click-move-or-drag' }),
    new TerraDrawCircleMode({ keyEvents, styles, drawInteraction: 'click-move-or-drag' }),
    new TerraDrawFreehandMode({
      keyEvents,
      styles: { ...styles, ...points },
      drawInteraction: 'click-move-or-drag',
      minDistance: 8,
      autoClose: true,
      autoCloseTimeout: 300,
    }),
    selectMode({ colours, colour }),
  ]
}

interface SelectLook {
  readonly colours: () => DrawColours
  readonly colour: (feature: GeoJSONStoreFeatures) => HexColor
}

const selectMode = ({ colours, colour }: SelectLook): TerraDrawSelectMode =>
  new TerraDrawSelectMode({
    // A hole lies in its area: the page decides which of the two is meant.
    allowManualSelection: false,
    allowManualDeselection: false,
    keyEvents: null,
    pointerDistance: 16,
    flags: {
      polygon: {
        feature: { draggable: true, coordinates: { draggable: true, deletable: true, midpoints: { draggable: true } } },
      },
      rectangle: { feature: { draggable: true, coordinates: { resizable: 'opposite' } } },
      circle: { feature: { draggable: true, coordinates: { resizable: 'center-fixed' } } },
      freehand: { feature: { draggable: true } },
    },
    styles: {
      selectedPolygonColor: colour,
      selectedPolygonFillOpacity: 0.08,
      selectedPolygonOutlineColor: colour,
      selectedPolygonOutlineWidth: 3,
      selectionPointColor: () => colours().handle,
      selectionPointOutlineColor: () => colours().area,
      selectionPointWidth: 5,
      selectionPointOutlineWidth: 2,
      midPointColor: () => colours().area,
      midPointOutlineColor: () => colours().handle,
      midPointWidth: 3,
      midPointOutlineWidth: 1,
    },
  })
