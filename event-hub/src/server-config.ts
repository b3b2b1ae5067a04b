export type ServerConfig = {
  host: string
  /** -1 lets the server choose a free one and write it to the ports file */
  port: number
  /** HTTP monitoring on the same host; none when absent */
  monitoringPort?: number
  storeDir: string
  /** where the server writes `<program>_<pid>.ports` once clients can connect */
  portsDir: string
  maxFileBytes: number
  maxMemoryBytes: number
  maxPayloadBytes: number
  /** how often the store is synced to disk; servers before 2.10 don't know the setting (2 minutes) */
  syncInterval?: string
}

/** The text of a nats-server configuration file. */
export const formatServerConfig = (config: ServerConfig): string =>
  [
    // MQTT and clusters need a stable name.
    'server_name: fleetlake',
    `host: ${quote(config.host)}`,
    `port: ${config.port}`,
    ...(config.monitoringPort === undefined ? [] : [`http: ${quote(`${config.host}:${config.monitoringPort}`)}`]),
    `ports_file_dir: ${quote(config.portsDir)}`,
    `max_payload: ${config.maxPayloadBytes}`,
    'jetstream {',
    `  store_dir: ${quote(config.storeDir)}`,
    `  max_mem: ${config.maxMemoryBytes}`,
    `  max_file: ${config.maxFileBytes}`,
    ...(config.syncInterval === undefined ? [] : [`  sync_interval: ${quote(config.syncInterval)}`]),
    '}',
    '',
  ].join('\n')

const quote = (text: string): string => JSON.stringify(text)
