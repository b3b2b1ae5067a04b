/** ms since the epoch, `[from, to)` */
export interface Period {
  readonly from: number
  readonly to: number
}
