/** Whether a host, as an address or a setting names it, is this machine, and can't be reached from another one. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** Empty for what is not an address: that is not a loopback. */
export const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : '')

export const isLoopbackOrigin = (origin: string): boolean => isLoopback(hostOf(origin))

/** The origins of the viewer's pages: its own on this machine, and more, e.g. of a proxy before it. */
export const pageOrigins = (viewerPort: number, more: readonly string[] = []): string[] => [
  ...new Set([`http://localhost:${viewerPort}`, `http://127.0.0.1:${viewerPort}`, ...more]),
]
