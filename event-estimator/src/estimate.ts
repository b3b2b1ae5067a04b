import { type Alternative, alternativesOf } from './cost/alternatives.ts'
import { type Cost, costOf } from './cost/cost.ts'
import type { Fleet } from './fleet.ts'
import { type Limit, limitsOf } from './machines/limits.ts'
import { type Machines, machinesOf } from './machines/machines.ts'
import type { PriceList } from './prices/price.ts'
import { PRICES } from './prices/price-list.ts'
import { archiveOf, type ArchiveVolume } from './volume/archive.ts'
import { type Flow, flowOf } from './volume/flow.ts'
import { hubOf, type HubVolume } from './volume/hub.ts'
import { type ProjectionVolume, projectionsOf } from './volume/projections.ts'
import { type Requests, requestsOf } from './volume/requests.ts'

export interface Estimate {
  readonly fleet: Fleet
  readonly flow: Flow
  readonly archive: ArchiveVolume
  readonly projections: ProjectionVolume
  readonly hub: HubVolume
  readonly requests: Requests
  readonly machines: Machines
  readonly limits: readonly Limit[]
  /** By provider, in the list's order. */
  readonly costs: readonly Cost[]
  readonly alternatives: readonly Alternative[]
}

/** What a fleet takes and costs: arithmetic upon measured figures and listed prices, and nothing else. */
export const estimate = (fleet: Fleet, prices: PriceList = PRICES): Estimate => {
  const flow = flowOf(fleet)
  const archive = archiveOf(fleet, flow)
  const projections = projectionsOf(fleet, flow, archive)
  const hub = hubOf(fleet, flow)
  const requests = requestsOf(fleet, flow, { archive, projections })
  const machines = machinesOf(fleet, { flow, archive, projections, hub })
  return {
    fleet,
    flow,
    archive,
    projections,
    hub,
    requests,
    machines,
    limits: limitsOf(fleet, { archive, hub, machines }),
    costs: prices.providers.map((provider) =>
      costOf(provider, { fleet, archive, projections, requests, machines }, flow.events),
    ),
    alternatives: alternativesOf(flow, prices.services),
  }
}
