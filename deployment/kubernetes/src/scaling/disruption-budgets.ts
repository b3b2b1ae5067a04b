import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { HUB, labelsOf } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { SERVICES } from '../services/service-facts.ts'

/** Of what there are several, one at a time is taken away with its node; of what there is one, a budget would keep the node for ever. */
export const disruptionBudgets = ({ hub, services }: FleetlakeProps): IPodDisruptionBudget[] =>
  [...(hub.servers > 1 ? [HUB] : []), ...SERVICES.filter((service) => services[service].replicas > 1)].map((name) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(name) } },
  }))
