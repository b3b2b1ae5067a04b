import { startTestHub } from '@fleetlake/testing'
import { connectHub } from './connect.ts'
import { jetstreamManager } from '@nats-io/jetstream'
const hub = await startTestHub({maxFileBytes: 100*1024*1024})
const h = await connectHub({ url: hub.url, service: 'probe', onStatus: (s) => console.log(s) })
const jsm = await jetstreamManager(h.connection)
const t = async (name: string, f: () => Promise<any>) => { try { console.log(name, JSON.stringify(await f())) } catch (e: any) { console.log(name, 'ERR', e.message, e.code, e.constructor.name, JSON.stringify(e.apiError?.())) } }
await t('add', () => jsm.streams.add({ name: 'A', subjects: ['a'], max_bytes: 50e6, discard: 'new' as any, max_msg_size: 65536, duplicate_window: 120e9, republish: { src: 'a', dest: 'live.a' } as any }))
await t('add2', () => jsm.streams.add({ name: 'B', subjects: ['b'], max_bytes: 80e6 }))
await t('upd', () => jsm.streams.update('A', { max_bytes: 60e6, duplicate_window: 180e9, republish: { src: 'a', dest: 'live2.a' } as any }))
await t('upd2', () => jsm.streams.update('A', { max_bytes: 160e6 }))
await t('upd3', () => jsm.streams.update('A', { discard: 'old' as any }))
const js = jsm.jetstream()
for (let i = 0; i < 10; i++) { await js.publish('a', 'x'.repeat(10)); await new Promise(r => setTimeout(r, 100)) }
const mid = new Date(Date.now() - 500)
for (const [n, time] of [['mid', mid], ['future', new Date(Date.now() + 1e6)], ['past', new Date(0)]] as const)
await t('cons ' + n, async () => { const c = await jsm.consumers.add('A', { deliver_policy: 'by_start_time' as any, opt_start_time: time.toISOString(), ack_policy: 'none' as any, mem_storage: true, inactive_threshold: 5e9 }); return [c.name, c.created, c.delivered, c.num_pending] })
await t('msg', () => jsm.streams.getMessage('A', { seq: 3 }))
await jsm.streams.purge('A', {seq: 11})
await t('cons purged', async () => { const c = await jsm.consumers.add('A', { deliver_policy: 'by_start_time' as any, opt_start_time: mid.toISOString(), ack_policy: 'none' as any, mem_storage: true, inactive_threshold: 5e9 }); return [c.name, c.created, c.delivered, c.num_pending] })
await t('info', async () => (await jsm.streams.info('A')))
await t('big', () => js.publish('a', new Uint8Array(70000)))
await t('nostream', () => js.publish('zzz', new Uint8Array(700)))
await h.close(); await hub.stop()
