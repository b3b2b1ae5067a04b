import type { Config } from '@fleetlake/contracts'
import type { Hub } from './hub.ts'

export type ProvisionConfig = { hub: Pick<Config['hub'], 'maxBytesPerPartition' | 'maxBytesDeadLetters' | 'duplicateWindowMs' | 'replicas'>; partitioning: Pick<Config['partitioning'], 'count'> }
export declare const provision: (hub: Hub, config: ProvisionConfig, options?: { warn?: (warning: string) => void }) => Promise<number[]>
export declare const partitionsOf: (hub: Hub) => Promise<number[]>
