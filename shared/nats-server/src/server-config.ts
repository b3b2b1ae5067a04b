/** A value of the configuration: as it is, or of a variable of the server's environment, which then stands in no file. */
export type Value = string | { readonly variable: string }

export type ServerConfig = {
  /** what streams know a server by; `fleetlake` when missing. In a cluster each has its own */
  serverName?: Value
  host: string
  /** -1 lets the server choose a free one and write it to the ports file */
  port: number
  /** HTTP monitoring on the same host; none when absent */
  monitoringPort?: number
  storeDir: string
  /** where the server writes `<program>_<pid>.ports` once clients can connect; nowhere when missing */
  portsDir?: string
  /** where the server writes its process id, so that it can be told to hand over its clients; nowhere when missing */
  pidFile?: string
  maxFileBytes: number
  maxMemoryBytes: number
  maxPayloadBytes: number
  /** how often the store is synced to disk; servers before 2.10 don't know the setting (2 minutes) */
  syncInterval?: string
  users: ServerUsers
  websocket: WebsocketConfig
  /** the other servers of a cluster; none when missing */
  cluster?: ClusterConfig
}

export type ClusterConfig = {
  name: string
  host: string
  port: number
  /** what servers show each other: who may join a cluster may do everything in it */
  user: string
  password: Value
  /** addresses of all servers, with that user and password */
  routes: readonly Value[]
}

/** Who may connect, and as whom. */
export type ServerUsers = OpenUsers | KnownUsers

/**
 * Where no one logs in. On the server's port a client that names no user is the services' user, as if there were none; over websocket it
 * is the viewer's. Neither can be had on the other's port, not even with its password, which no client needs to know.
 */
export type OpenUsers = {
  kind: 'open'
  servicesPassword: string
  viewerPassword: string
  viewer: { publish: readonly string[]; subscribe: readonly string[] }
}

/** Where everyone logs in: services with a password each, and everyone else by the word of who has the issuer's key (auth callout). */
export type KnownUsers = {
  kind: 'known'
  services: readonly KnownUser[]
  /** the one in the system account */
  system: KnownUser
  /** The public key of an account's nkey. */
  issuer: Value
}

export type KnownUser = {
  name: string
  password: Value
  publish: readonly string[]
  subscribe: readonly string[]
  answers: boolean
}

export type WebsocketConfig = {
  host: string
  /** -1 lets the server choose a free one */
  port: number
  /** whose pages may connect; a program that is not a browser names no origin and is let in */
  origins: readonly Value[]
}

/** The text of a nats-server configuration file. */
export const formatServerConfig = (config: ServerConfig): string =>
  [
    // MQTT and clusters need a stable name.
    `server_name: ${config.serverName === undefined ? 'fleetlake' : valueOf(config.serverName)}`,
    `host: ${quote(config.host)}`,
    `port: ${config.port}`,
    ...(config.monitoringPort === undefined ? [] : [`http: ${quote(`${config.host}:${config.monitoringPort}`)}`]),
    ...(config.portsDir === undefined ? [] : [`ports_file_dir: ${quote(config.portsDir)}`]),
    ...(config.pidFile === undefined ? [] : [`pid_file: ${quote(config.pidFile)}`]),
    `max_payload: ${config.maxPayloadBytes}`,
    'jetstream {',
    `  store_dir: ${quote(config.storeDir)}`,
    `  max_mem: ${config.maxMemoryBytes}`,
    `  max_file: ${config.maxFileBytes}`,
    ...(config.syncInterval === undefined ? [] : [`  sync_interval: ${quote(config.syncInterval)}`]),
    '}',
    ...(config.users.kind === 'open' ? formatOpen(config.users) : formatKnown(config.users)),
    ...formatWebsocket(config.websocket, config.users.kind),
    ...(config.cluster === undefined ? [] : formatCluster(config.cluster)),
    '',
  ].join('\n')

const formatOpen = ({ servicesPassword, viewerPassword, viewer }: OpenUsers): string[] => [
  'authorization {',
  '  users: [',
  `    { user: services, password: ${quote(servicesPassword)}, allowed_connection_types: [STANDARD] }`,
  `    { user: viewer, password: ${quote(viewerPassword)}, allowed_connection_types: [WEBSOCKET], permissions: {`,
  `      publish: { allow: ${quoteAll(viewer.publish)} }`,
  `      subscribe: { allow: ${quoteAll(viewer.subscribe)} }`,
  '    } }',
  '  ]',
  '}',
  'no_auth_user: services',
]

/** How long a question may wait for its answer; it is asked again sooner. */
const ANSWER = 'allow_responses: { max: 1, expires: "2m" }'

const formatKnown = ({ services, system, issuer }: KnownUsers): string[] => [
  'authorization {',
  '  users: [',
  ...services.flatMap(formatUser),
  '  ]',
  `  auth_callout { issuer: ${valueOf(issuer)}, auth_users: ${quoteAll([...services, system].map(({ name }) => name))} }`,
  '}',
  'accounts {',
  '  $SYS: { users: [',
  ...formatUser(system),
  '  ] }',
  '}',
]

const formatUser = ({ name, password, publish, subscribe, answers }: KnownUser): string[] => [
  `    { user: ${quote(name)}, password: ${valueOf(password)}, allowed_connection_types: [STANDARD], permissions: {`,
  `      publish: { allow: ${quoteAll(publish)} }`,
  `      subscribe: { allow: ${quoteAll(subscribe)} }`,
  ...(answers ? [`      ${ANSWER}`] : []),
  '    } }',
]

const formatWebsocket = ({ host, port, origins }: WebsocketConfig, users: ServerUsers['kind']): string[] => [
  'websocket {',
  `  host: ${quote(host)}`,
  `  port: ${port}`,
  '  no_tls: true',
  ...(users === 'open' ? ['  no_auth_user: viewer'] : []),
  `  allowed_origins: [${origins.map(valueOf).join(', ')}]`,
  '}',
]

const formatCluster = ({ name, host, port, user, password, routes }: ClusterConfig): string[] => [
  'cluster {',
  `  name: ${quote(name)}`,
  `  host: ${quote(host)}`,
  `  port: ${port}`,
  `  authorization { user: ${quote(user)}, password: ${valueOf(password)} }`,
  `  routes: [${routes.map(valueOf).join(', ')}]`,
  '}',
]

const valueOf = (value: Value): string => (typeof value === 'string' ? quote(value) : `$${value.variable}`)

const quote = (text: string): string => JSON.stringify(text)

const quoteAll = (texts: readonly string[]): string => `[${texts.map(quote).join(', ')}]`
