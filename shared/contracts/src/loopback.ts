/** Whether a host, as an address or a setting names it, is this machine, and can't be reached from another one. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
