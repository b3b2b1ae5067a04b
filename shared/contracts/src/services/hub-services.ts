/** The programs that have a user of their own on the hub. */
export const HUB_SERVICES = [
  'collector',
  'compactor',
  'projector',
  'finder',
  'generator',
  'viewer',
  'gateway',
  'terminal',
] as const
export type HubService = (typeof HUB_SERVICES)[number]

/** Who sends a message, or hears it: a service, or a part of it; a person's page; a device. */
export type Party = HubService | `${HubService} (${string})` | 'page' | 'device'

/** Whether a service is among the parties. */
export const isAmong = (service: HubService, parties: readonly Party[]): boolean =>
  parties.some((party) => party.split(' (')[0] === service)
