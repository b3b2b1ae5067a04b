import type { Resources } from '../props.ts'

/** @param most of a node's disk, beyond volumes, before the pod is ended */
export const withDisk = ({ requests, limits }: Resources, most: string): Resources => ({
  requests: { ...requests, 'ephemeral-storage': '256Mi' },
  limits: { ...limits, 'ephemeral-storage': most },
})
