/** The programs of Fleetlake that run in pods of their own; the hub is nats-server's own image. */
export const SERVICES = ['collector', 'compactor', 'projector', 'finder', 'generator', 'viewer', 'gateway'] as const
export type ServiceName = (typeof SERVICES)[number]

/** What is true of a service in every cluster. */
export interface ServiceFacts {
  /** Whether it reads or writes the archive. */
  readonly usesArchive: boolean
  /** Where others come to it; a service without one is asked nothing but its health. */
  readonly port?: number
  /** Folders that it may write to, beside `/tmp`; what is there is gone with the pod. */
  readonly folders: readonly Folder[]
  /** Whether balancers send it requests, and so have to see that it stops before it does. */
  readonly drains: boolean
  /** Why there is no more than one of it; missing where there may be several. */
  readonly alone?: string
}

export interface Folder {
  readonly name: string
  readonly path: string
  readonly mostGiB: number
}

export const OPS_PORT = 9464
/** More than `viewer.importBytes`. */
export const IMPORTS: Folder = { name: 'imports', path: '/data/imports', mostGiB: 6 }
export const TEMPORARY: Folder = { name: 'tmp', path: '/tmp', mostGiB: 1 }

export const SERVICE_FACTS: Readonly<Record<ServiceName, ServiceFacts>> = {
  collector: { usesArchive: true, folders: [], drains: false },
  compactor: { usesArchive: true, folders: [], drains: false },
  projector: { usesArchive: true, folders: [], drains: false },
  finder: { usesArchive: true, folders: [], drains: false },
  generator: { usesArchive: false, folders: [], drains: false },
  viewer: {
    usesArchive: true,
    port: 3000,
    folders: [IMPORTS],
    drains: true,
    alone:
      'what pages import is known to the process that took it alone, and a page’s next request could come to another',
  },
  // Accounts are in the archive.
  gateway: { usesArchive: true, port: 3100, folders: [], drains: true },
}

/** How long a service may take to stop: its hooks have 30 s (`runService`), a collector writes and commits what it holds in them. */
export const STOP_SECONDS = 30
/** Beyond that, until it is killed. */
const SPARE_SECONDS = 15

export const graceSeconds = (service: ServiceName, drainMs: number): number =>
  STOP_SECONDS + SPARE_SECONDS + (SERVICE_FACTS[service].drains ? Math.ceil(drainMs / 1000) : 0)
