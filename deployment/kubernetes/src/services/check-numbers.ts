import { FleetError } from '@fleetlake/core'
import type { FleetlakeProps } from '../props.ts'
import { SERVICE_FACTS, SERVICES } from './service-facts.ts'

/** @throws FleetError `config.invalid` where there would be several of a service of which there can be one */
export const checkNumbers = ({ namespace, services }: FleetlakeProps): void => {
  for (const service of SERVICES) {
    const { replicas, mostReplicas = replicas } = services[service]
    const { alone } = SERVICE_FACTS[service]
    const most = Math.max(replicas, mostReplicas)
    if (alone !== undefined && most > 1)
      throw new FleetError(
        'config.invalid',
        `${namespace} can't have ${most} of ${service}, since ${alone}: set services.${service}.replicas to 1, without mostReplicas`,
      )
  }
}
