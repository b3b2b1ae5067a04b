/** Kept free for chunk files, Parquet temporaries and everything else that shares the disk with the hub. */
const diskShare = 0.5
const otherStreamsBytes = 2 * 1024 ** 3
const smallestPartitionBytes = 16 * 1024 ** 2

export type StoreRequest = {
  /** free bytes of the disk, plus what the store already holds there */
  availableBytes: number
  partitions: number
  /** wished size of one partition's stream, which JetStream reserves when the stream is made */
  partitionMaxBytes: number
}

export type StoreSize = {
  /** the server's `max_file`: every partition plus the other streams, so that reserving never fails */
  maxFileBytes: number
  /** what a partition's stream may hold on this disk, at most what was wished */
  partitionMaxBytes: number
  /** what to tell the operator when the disk is too small for the wish */
  warning?: string
}

/** Streams never reserve more than half of what the disk has, so that the archive has room to drain them. */
export const sizeStore = ({ availableBytes, partitions, partitionMaxBytes }: StoreRequest): StoreSize => {
  const room = Math.floor((availableBytes * diskShare) / partitions)
  const fitting = Math.max(smallestPartitionBytes, Math.min(partitionMaxBytes, room))
  const size = { maxFileBytes: partitions * partitionMaxBytes + otherStreamsBytes, partitionMaxBytes: fitting }
  if (fitting === partitionMaxBytes) return size
  const wished = `${partitions} partitions of ${mebibytes(partitionMaxBytes)}`
  return {
    ...size,
    warning:
      `the disk has ${mebibytes(availableBytes)} for the hub, too little for ${wished}: ` +
      `each partition holds ${mebibytes(fitting)} at most, so generators wait sooner for the collectors`,
  }
}

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MiB`
