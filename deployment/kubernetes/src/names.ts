/** Names within the namespace. */
export const HUB = 'hub'
/** Runs of the terminal client, which come and go; their NetworkPolicy stays. */
export const TERMINAL = 'terminal'
/** Gives each server of the hub a name of its own, `hub-0.hub-servers`. */
export const HUB_SERVERS = 'hub-servers'
export const CONFIG_MAP = 'fleetlake'
export const ARCHIVE_VOLUME = 'archive'

export const PART_OF = { 'app.kubernetes.io/part-of': 'fleetlake' }
export const nameLabel = (name: string): Readonly<Record<string, string>> => ({ 'app.kubernetes.io/name': name })

/** Selects the pods of a service or of the hub, and is on them. */
export const labelsOf = (name: string): Readonly<Record<string, string>> => ({ ...nameLabel(name), ...PART_OF })
