import { type Answering, findPort as findPortOf, listen as listenAs, type Listening } from '@fleetlake/service/http'

type Address = { readonly host: string; readonly port: number }

const of = { name: 'viewer', portVariable: 'FLEET_VIEWER_PORT', inUse: 'viewer.port-in-use' } as const

/** @throws FleetError `viewer.port-in-use`, `service.failed` */
export const listen = (app: Answering, address: Address): Promise<Listening> => listenAs(app, { ...address, of })

/**
 * The port that `listen` would get: a free one for 0, else that port itself.
 * @throws FleetError as `listen` does
 */
export const findPort = (address: Address): Promise<number> => findPortOf({ ...address, of })
