import { type AnswerFormat, createTrackMeter, type TrackMeasures, type TrackOptions } from '@fleetlake/viewer-core'

export interface Summary {
  /** @returns undefined when there was no report */
  lines(track: TrackMeasures | undefined, status: string): readonly string[]
  readonly options: TrackOptions
}

/** What a track adds up to, in place of its reports. */
export const summaryFormat = ({ lines, options }: Summary): AnswerFormat => {
  const meter = createTrackMeter(options)
  return {
    head: () => '',
    rows: (batch) => {
      meter.add(batch)
      return ''
    },
    tail: (status) =>
      lines(meter.finish(), status)
        .map((line) => `${line}\n`)
        .join(''),
  }
}
