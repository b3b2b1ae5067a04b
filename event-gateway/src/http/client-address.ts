import { BlockList, isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** Where a request comes from: an IPv4 address, or a network of 64 bits of IPv6, which is what one customer has. */
export type AddressOf = (c: Context) => string

/** @param proxies addresses and networks whose word for where a request comes from is taken, each for the hop before it only */
export const createAddressOf = (proxies: readonly string[]): AddressOf => {
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const [address, bits] = proxy.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    trusted.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
  }
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  return (c) => {
    let address = unmapped(getConnInfo(c).remote.address ?? '')
    const hops = (c.req.header('X-Forwarded-For') ?? '').split(',').map((hop) => unmapped(hop.trim()))
    while (isIP(address) !== 0 && isTrusted(address) && isIP(hops.at(-1) ?? '') !== 0) address = hops.pop()!
    return isIP(address) === 6 ? networkOf(address) : address
  }
}

/** An IPv4 address may be written as one of IPv6. */
const unmapped = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

const networkOf = (address: string): string => {
  const [head, tail] = address.split('%')[0].split('::')
  const groupsOf = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(':'))
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const all =
    tail === undefined ? first : [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
