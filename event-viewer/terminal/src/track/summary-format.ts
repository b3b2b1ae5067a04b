import { type AnswerFormat, createTrackMeter, type TrackMeasures, type TrackOptions } from '@fleetlake/viewer-core'

export interface Summary {
  /** @returns undefined when there was no report */
  lines(track: TrackMeasures | undefined, status: string): readonly string[]
  readonly options: TrackOptions
}

/** What a track adds up to, in place of its reports. */
export const summaryFormat = ({ lines, options }: Summary): AnswerFormat => {
  const meter = createTrackMeter(options)
  let track: TrackMeasures | undefined
  return {
    head: () => '',
    rows: (batch) => {
      meter.add(batch)
      return ''
    },
    tail: (status) => {
      track = meter.finish()
      return lines(track, status)
        .map((line) => `${line}\n`)
        .join('')
    },
    gaps: () => track?.used,
  }
}
