/**
 * Of several origins of one host nats-server allows the last only (seen on 2.9.10).
 * @returns a warning, if there are any
 */
export const describeLostOrigins = (origins: readonly string[]): string | undefined => {
  const byHost = new Map(origins.map((origin) => [new URL(origin).hostname, origin]))
  const lost = origins.filter((origin) => byHost.get(new URL(origin).hostname) !== origin)
  if (lost.length === 0) return undefined
  return `pages of ${lost.join(', ')} may be kept from the hub: nats-server allows one port a host, the last that is named`
}
