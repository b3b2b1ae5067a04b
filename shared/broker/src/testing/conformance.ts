import { eventually } from '@fleetlake/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { refusalOf } from '../broker-error.ts'
import type { Acknowledgement, Broker, Cursor, CursorOptions, StoredMessage, StreamSettings } from '../port.ts'
import { untilAnswered } from '../until-answered.ts'

/** A server for one test. */
export interface BrokerServer {
  connect(name: string): Promise<Broker>
  /** Ends it, without a word to its clients. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Has it do nothing, and go on. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

const KIB = 1024
const utf8 = new TextEncoder()
const bytes = (text: string): Uint8Array => utf8.encode(text)
const text = (data: Uint8Array): string => new TextDecoder().decode(data)

/** Says what the refusal was; fails when there was none. */
const refusal = async (ask: Promise<unknown>): Promise<unknown> =>
  ask.then(
    () => 'none',
    (error: unknown) => refusalOf(error) ?? error,
  )

/** What every driver of a broker promises. @param start on a fresh server that may reserve `maxFileBytes` */
export const describeBroker = (
  driver: string,
  start: (options: { readonly maxFileBytes: number }) => Promise<BrokerServer>,
): void => {
  const MAX_FILE_BYTES = 64 * KIB * KIB
  const setUp = async (): Promise<{ server: BrokerServer; broker: Broker; connect(name: string): Promise<Broker> }> => {
    const server = await start({ maxFileBytes: MAX_FILE_BYTES })
    const connect = async (name: string): Promise<Broker> => {
      const broker = await server.connect(name)
      onTestFinished(() => broker.control.close())
      return broker
    }
    return { server, connect, broker: await connect('one') }
  }
  const settings = (overrides: Partial<StreamSettings> = {}): StreamSettings => ({
    name: 'S',
    subjects: ['s.0'],
    storage: 'file',
    discard: 'new',
    maxBytes: 256 * KIB,
    maxMessageBytes: 64 * KIB,
    duplicateWindowMs: 120_000,
    replicas: 1,
    ...overrides,
  })
  const withStream = async (overrides: Partial<StreamSettings> = {}) => {
    const world = await setUp()
    await untilAnswered(world.broker.control, () => world.broker.streams.make(settings(overrides)))
    return world
  }
  const store = async ({ streams, control }: Broker, count: number, prefix = 'm'): Promise<void> => {
    for (let i = 1; i <= count; i++) {
      const headers = control.encodeHeaders({ n: String(i) }, `${prefix}-${i}`)
      await streams.append('s.0', bytes(`${prefix}${i}`), { headers, timeoutMs: 5_000 })
    }
  }
  interface Reading {
    readonly cursor: Cursor
    readonly got: [number, number, string][]
    readonly gone: string[]
    readonly ends: () => number
  }
  const read = async (broker: Broker, options: Partial<CursorOptions> = {}): Promise<Reading> => {
    const got: [number, number, string][] = []
    const gone: string[] = []
    let ends = 0
    const cursor = await broker.streams.openCursor('S', {
      from: 1,
      askBytes: 128 * KIB,
      onMessage: ({ sequence, data }: StoredMessage, delivered) =>
        got.push([sequence, delivered, text(data.slice(0, 8))]),
      onAskEnd: () => void ends++,
      onGone: (reason) => void gone.push(reason),
      ...options,
    })
    onTestFinished(() => cursor.close())
    return { cursor, got, gone, ends: () => ends }
  }

  describe(`control of ${driver}`, () => {
    test('a message comes as it was sent, in order, with its headers whatever the case of their names', async () => {
      const { broker, connect } = await setUp()
      const other = await connect('two')
      const got: unknown[] = []
      other.control.subscribe('a.*', ({ subject, reply, data, header, storedMs }) => {
        got.push([subject, reply, text(data), header('FLEET-Note'), header('none'), storedMs])
      })
      await other.control.flush()
      const headers = broker.control.encodeHeaders({ 'fleet-note': 'two\r\nlines' })
      broker.control.publish('a.1', bytes('x'), { headers, reply: 'r.1' })
      for (let i = 0; i < 50; i++) broker.control.publish('a.2', bytes(String(i)))
      broker.control.publish('b.1', bytes('y'))
      broker.control.publish('a.b.c', bytes('z'))
      await eventually(() => got.length > 50)
      expect(got).toEqual([
        ['a.1', 'r.1', 'x', 'two lines', undefined, undefined],
        ...Array.from({ length: 50 }, (_, i) => ['a.2', '', String(i), undefined, undefined, undefined]),
      ])
    })

    test('of a queue one subscription hears a message, of those without all; one that is closed hears nothing', async () => {
      const { broker, connect } = await setUp()
      const other = await connect('two')
      let [grouped, all, closed] = [0, 0, 0]
      for (const { control } of [broker, other]) {
        control.subscribe('x.>', () => void grouped++, { queue: 'q' })
        control.subscribe('x.y.z', () => void all++)
        control.subscribe('x.y.z', () => void closed++).close()
        await control.flush()
      }
      for (let i = 0; i < 20; i++) broker.control.publish('x.y.z', bytes(''))
      await eventually(() => grouped >= 20 && all >= 40)
      await Promise.all([broker.control.flush(), other.control.flush()])
      expect([grouped, all, closed]).toEqual([20, 40, 0])
    })

    test('a subscription that is drained hears what was sent before', async () => {
      const { broker, connect } = await setUp()
      const other = await connect('two')
      let heard = 0
      const subscription = other.control.subscribe('x', () => void heard++)
      await other.control.flush()
      for (let i = 0; i < 100; i++) broker.control.publish('x', bytes(''))
      await broker.control.flush()
      await subscription.drain()
      expect(heard).toBe(100)
    })

    test('a request is answered, or there is no responder, or no answer in time', async () => {
      const { broker, connect } = await setUp()
      const other = await connect('two')
      const replies: string[] = []
      other.control.subscribe('echo', ({ data, reply, header }) => {
        replies.push(reply)
        other.control.publish(reply, bytes(`${text(data)} ${header('h')}`))
      })
      other.control.subscribe('silent', () => undefined)
      await other.control.flush()
      const { control } = broker
      const headers = control.encodeHeaders({ h: '1' })
      const answer = await control.request('echo', bytes('a'), { headers, timeoutMs: 5_000 })
      expect(answer.kind === 'answered' && text(answer.message.data)).toBe('a 1')
      expect(replies).toEqual([expect.stringMatching(/^_INBOX\./)])
      expect(await control.request('nowhere', bytes(''), { timeoutMs: 5_000 })).toEqual({ kind: 'no-responder' })
      expect(await control.request('silent', bytes(''), { timeoutMs: 50 })).toEqual({ kind: 'timeout' })
    })

    test('a message that expects an answer and meets no subscription is told so', async () => {
      const { broker, connect } = await setUp()
      const other = await connect('two')
      const got: unknown[] = []
      broker.control.subscribe('reply.*', ({ subject, data, isUnheard }) => got.push([subject, text(data), isUnheard]))
      other.control.subscribe('there', ({ reply }) => other.control.publish(reply, bytes('')))
      await Promise.all([broker.control.flush(), other.control.flush()])
      broker.control.publish('nowhere', bytes('x'))
      broker.control.publish('nowhere', bytes('x'), { reply: 'reply.1' })
      await eventually(() => got.length === 1)
      broker.control.publish('there', bytes('x'), { reply: 'reply.2' })
      await eventually(() => got.length === 2)
      expect(got).toEqual([
        ['reply.1', '', true],
        ['reply.2', '', false],
      ])
    })

    test('what is too large is refused, and so is everything once it is closed', async () => {
      const { broker } = await setUp()
      const { control } = broker
      const large = new Uint8Array(2 * KIB * KIB)
      expect(await refusal((async () => control.publish('x', large))())).toBe('too-large')
      expect(await refusal(control.request('x', large, { timeoutMs: 1_000 }))).toBe('too-large')
      await control.flush()
      const states: string[] = []
      control.onStatus(({ state }) => void states.push(state))
      expect(control.isOpen()).toBe(true)
      await control.close()
      expect([states, control.status(), control.isOpen()]).toEqual([['closed'], { state: 'closed' }, false])
      expect(await refusal((async () => control.publish('x', bytes('')))())).toBe('closed')
      await expect(untilAnswered(control, () => broker.streams.list())).rejects.toMatchObject({ code: 'hub.closed' })
    })

    test('it comes back after its server was killed, with its subscriptions, and names another server', async () => {
      const { broker, server } = await setUp()
      const { control } = broker
      const heard: string[] = []
      const states: string[] = []
      control.onStatus(({ state }) => void states.push(state))
      control.subscribe('x', ({ data }) => void heard.push(text(data)))
      const before = control.server()
      await server.kill()
      await eventually(() => control.status().state === 'disconnected')
      await server.start()
      await eventually(() => control.status().state === 'connected')
      control.publish('x', bytes('after'))
      await eventually(() => heard.length > 0)
      expect([heard, states, control.server() === before]).toEqual([['after'], ['disconnected', 'connected'], false])
      expect(control.receivedBytes()).toBeGreaterThan(0)
    })
  })

  describe(`streams of ${driver}`, () => {
    test('a stream is made once, found, changed and dropped', async () => {
      const { broker } = await setUp()
      const { streams } = broker
      expect([...(await streams.list()).keys()]).toEqual([])
      const wanted = settings({ republishTo: 'live.0' })
      await streams.make(wanted)
      await streams.make(wanted)
      expect(await refusal(streams.make({ ...wanted, maxBytes: 1_000 * KIB }))).toBe('name-in-use')
      expect(await refusal(streams.make({ ...wanted, name: 'T' }))).not.toBe('none')
      const info = await streams.info('S')
      expect(info).toMatchObject({ settings: wanted, first: 1, last: 0, messages: 0, bytes: 0 })
      expect(Math.abs(Date.parse(info.created) - info.serverMs)).toBeLessThan(600_000)
      await streams.make({ name: 'L', subjects: ['l.*'], storage: 'memory', maxPerSubject: 1, maxAgeMs: 60_000 })
      expect([...(await streams.list()).values()].map((one) => one.settings.name).toSorted()).toEqual(['L', 'S'])
      expect((await streams.info('L')).settings).toEqual({
        name: 'L',
        subjects: ['l.*'],
        storage: 'memory',
        discard: 'old',
        duplicateWindowMs: expect.any(Number),
        replicas: 1,
        maxPerSubject: 1,
        maxAgeMs: 60_000,
      })
      expect([await streams.names('s.*'), await streams.names('l.7'), await streams.names('x')]).toEqual([
        ['S'],
        ['L'],
        [],
      ])
      await streams.change('S', { maxBytes: 512 * KIB, duplicateWindowMs: 60_000 })
      expect((await streams.info('S')).settings).toEqual({ ...wanted, maxBytes: 512 * KIB, duplicateWindowMs: 60_000 })
      await streams.drop('S')
      await streams.drop('S')
      for (const ask of [
        () => streams.info('S'),
        () => streams.change('S', { maxBytes: 1 }),
        () => streams.purge('S', { through: 1 }),
        () => streams.deleteMessage('S', 1),
        () => streams.message('S', { sequence: 1 }),
        () => streams.subjects('S', '>'),
        () => streams.before('S', 0),
        () =>
          streams.openCursor('S', {
            from: 1,
            askBytes: KIB,
            onMessage: () => {},
            onAskEnd: () => {},
            onGone: () => {},
          }),
      ]) {
        expect(await refusal(ask())).toBe('stream-missing')
      }
    })

    test('a stream made again is another one', async () => {
      const { broker } = await withStream()
      const { created } = await broker.streams.info('S')
      await store(broker, 2)
      await broker.streams.drop('S')
      await untilAnswered(broker.control, () => broker.streams.make(settings()))
      expect(await broker.streams.info('S')).toMatchObject({ last: 0, messages: 0 })
      expect((await broker.streams.info('S')).created).not.toBe(created)
    })

    test('what all streams on file reserve has a bound', async () => {
      const { broker } = await withStream()
      const { streams } = broker
      const large = settings({ name: 'L', subjects: ['l'], maxBytes: 2 * MAX_FILE_BYTES })
      expect(await refusal(streams.make(large))).toBe('no-room')
      expect(await refusal(streams.change('S', { maxBytes: 2 * MAX_FILE_BYTES }))).toBe('no-room')
      await streams.make({ ...large, maxBytes: KIB })
    })

    test('messages are found by sequence, by subject, and by time', async () => {
      const { broker } = await withStream({ subjects: ['s.*'] })
      const { streams, control } = broker
      const beforeMs = Date.now() - 60_000
      await store(broker, 3)
      await streams.append('s.1', bytes('other'), { timeoutMs: 5_000 })
      const second = (await streams.message('S', { sequence: 2 }))!
      expect([second.sequence, second.subject, text(second.data), second.header('N')]).toEqual([2, 's.0', 'm2', '2'])
      expect(Math.abs(second.timestampMs - Date.now())).toBeLessThan(600_000)
      expect((await streams.message('S', { lastOf: 's.0' }))?.sequence).toBe(3)
      expect(await streams.message('S', { lastOf: 's.9' })).toBeUndefined()
      expect(await streams.message('S', { sequence: 9 })).toBeUndefined()
      await streams.deleteMessage('S', 2)
      expect((await streams.message('S', { from: 2 }))?.sequence).toBe(3)
      expect((await streams.message('S', { from: 4 }))?.sequence).toBe(4)
      expect(await streams.message('S', { from: 5 })).toBeUndefined()
      expect((await streams.subjects('S', 's.*')).toSorted()).toEqual(['s.0', 's.1'])
      expect(await streams.subjects('S', 's.1')).toEqual(['s.1'])
      expect([
        (await streams.before('S', beforeMs)).sequence,
        (await streams.before('S', Date.now() + 60_000)).sequence,
      ]).toEqual([0, 4])
      await control.flush()
    })

    test('the id of a message is remembered, over a kill too, and what was acknowledged stays', async () => {
      const { broker, server } = await withStream()
      const { control, streams } = broker
      await store(broker, 3)
      await store(broker, 2)
      expect(await streams.info('S')).toMatchObject({ last: 3, messages: 3 })
      await server.kill()
      await eventually(() => control.status().state === 'disconnected')
      await server.start()
      await untilAnswered(control, () => streams.info('S'))
      await untilAnswered(control, () => store(broker, 4))
      expect(await streams.info('S')).toMatchObject({ first: 1, last: 4, messages: 4 })
    })

    test('a server that does not answer keeps no call waiting for ever, and goes on where it was', async () => {
      const { broker, server } = await withStream()
      await store(broker, 1)
      await server.freeze()
      // A process that is told to stop may still deal with what has come to it.
      await eventually(() =>
        broker.streams.append('s.0', bytes('x'), { timeoutMs: 100 }).then(
          () => false,
          () => true,
        ),
      )
      await expect(broker.streams.info('S')).rejects.toThrow(/./)
      await server.thaw()
      await untilAnswered(broker.control, () => store(broker, 2))
      expect((await untilAnswered(broker.control, () => broker.streams.info('S'))).messages).toBeGreaterThan(1)
    })

    test('sequences go on counting whatever is removed', async () => {
      const { broker } = await withStream()
      const { streams } = broker
      await store(broker, 5)
      await streams.purge('S', { through: 2 })
      expect(await streams.info('S')).toMatchObject({ first: 3, last: 5, messages: 3 })
      await streams.deleteMessage('S', 4)
      await streams.deleteMessage('S', 4)
      expect(await streams.info('S')).toMatchObject({ first: 3, last: 5, messages: 2 })
      await streams.purge('S', { subject: 's.0' })
      expect(await streams.info('S')).toMatchObject({ first: 6, last: 5, messages: 0 })
      expect(await streams.append('s.0', bytes('x'), { timeoutMs: 5_000 })).toEqual({ sequence: 6 })
      await streams.purge('S', { through: 6 })
      expect(await streams.info('S')).toMatchObject({ first: 7, last: 6, messages: 0 })
    })

    test('the last message of a subject may be expected', async () => {
      const { broker } = await withStream({ subjects: ['s.*'], maxPerSubject: 1 })
      const { streams, control } = broker
      const headers = control.encodeHeaders({ a: '1' })
      const put = (subject: string, expectLast: number): Promise<unknown> =>
        streams.append(subject, bytes('x'), { headers, expectLast, timeoutMs: 5_000 })
      expect(await put('s.0', 0)).toEqual({ sequence: 1 })
      expect(await refusal(put('s.0', 0))).toBe('wrong-last')
      expect(await put('s.1', 0)).toEqual({ sequence: 2 })
      expect(await put('s.0', 1)).toEqual({ sequence: 3 })
      expect(await streams.info('S')).toMatchObject({ messages: 2 })
      expect((await streams.message('S', { lastOf: 's.0' }))?.header('a')).toBe('1')
    })

    test('a full stream refuses, or forgets the oldest', async () => {
      const { broker } = await withStream({ maxBytes: 100 * KIB })
      const { streams, control } = broker
      const answers: [string, Acknowledgement][] = []
      const appender = streams.openAppender((token, answer) => void answers.push([token, answer]))
      onTestFinished(() => appender.close())
      const append = (token: string, size: number): void =>
        appender.append(token, 's.0', new Uint8Array(size), control.encodeHeaders({}, token))
      append('a.1', 40 * KIB)
      append('a.2', 40 * KIB)
      append('a.3', 40 * KIB)
      append('a.4', 65 * KIB)
      append('a.1', 40 * KIB)
      await eventually(() => answers.length === 5)
      expect(answers).toMatchObject([
        ['a.1', { kind: 'stored', sequence: 1, duplicate: false }],
        ['a.2', { kind: 'stored', sequence: 2, duplicate: false }],
        ['a.3', { kind: 'rejected', isFull: true, isFinal: false }],
        ['a.4', { kind: 'rejected', isFull: false, isFinal: true }],
        ['a.1', { kind: 'stored', sequence: 1, duplicate: true }],
      ])
      await streams.purge('S', { through: 1 })
      append('a.3', 40 * KIB)
      await eventually(() => answers.length === 6)
      expect(answers[5]).toEqual(['a.3', { kind: 'stored', sequence: 3, duplicate: false }])
      await streams.change('S', { discard: 'old' })
      append('a.5', 40 * KIB)
      await eventually(() => answers.length === 7)
      expect(await streams.info('S')).toMatchObject({ first: 3, last: 4 })
    })

    test('without a stream for its subject a message is rejected, which passes', async () => {
      const { broker } = await setUp()
      const answers: Acknowledgement[] = []
      const appender = broker.streams.openAppender((_, answer) => void answers.push(answer))
      appender.append('1', 's.0', bytes('x'), broker.control.encodeHeaders({}))
      await eventually(() => answers.length === 1)
      expect(answers[0]).toMatchObject({ kind: 'rejected', isFinal: false, isFull: false })
      appender.close()
    })

    test('a message is stored without streams at hand', async () => {
      const { broker, connect } = await withStream({ maxBytes: 100 * KIB })
      const { control } = broker
      const heard: string[] = []
      const other = await connect('two')
      other.control.subscribe('s.0', ({ data }) => heard.push(text(data.subarray(0, 2))))
      await other.control.flush()
      const send = (id: string, size: number, subject = 's.0'): Promise<Acknowledgement> =>
        control.store(subject, new Uint8Array(size).fill(97), {
          headers: control.encodeHeaders({}, id),
          timeoutMs: 5_000,
        })
      expect(await send('a', 60 * KIB)).toEqual({ kind: 'stored', sequence: 1, duplicate: false })
      expect(await send('a', 60 * KIB)).toEqual({ kind: 'stored', sequence: 1, duplicate: true })
      expect(await send('b', 60 * KIB)).toMatchObject({ kind: 'rejected', isFull: true, isFinal: false })
      expect(await send('c', 65 * KIB)).toMatchObject({ kind: 'rejected', isFull: false, isFinal: true })
      expect(await send('d', 1, 'other')).toMatchObject({ kind: 'rejected', isFull: false, isFinal: false })
      await eventually(() => heard.length >= 4)
      expect(heard).toEqual(['aa', 'aa', 'aa', 'aa'])
      expect(await refusal(send('e', 2 * 1024 * KIB))).toBe('too-large')
    })

    test('what is stored is republished once, with the time', async () => {
      const { broker, connect } = await withStream({ republishTo: 'live.0' })
      const other = await connect('two')
      const got: unknown[] = []
      other.control.subscribe('live.*', ({ subject, data, header, storedMs }) =>
        got.push([subject, text(data), header('n'), storedMs]),
      )
      await other.control.flush()
      await store(broker, 2)
      await store(broker, 2)
      await eventually(() => got.length >= 2)
      await Promise.all([broker.control.flush(), other.control.flush()])
      const { timestampMs } = (await broker.streams.message('S', { sequence: 1 }))!
      expect(got).toMatchObject([
        ['live.0', 'm1', '1', timestampMs],
        ['live.0', 'm2', '2', expect.any(Number)],
      ])
      expect(got.length).toBe(2)
    })

    test('a cursor hands out what is there and what comes, once and in order, from a sequence on', async () => {
      const { broker } = await withStream()
      await store(broker, 4)
      const { cursor, got } = await read(broker, { from: 2 })
      expect([cursor.asksOut(), got]).toEqual([0, []])
      cursor.ask()
      expect(cursor.asksOut()).toBe(1)
      await eventually(() => got.length === 3)
      await store(broker, 6)
      await eventually(() => got.length === 5)
      expect(got).toEqual([2, 3, 4, 5, 6].map((n) => [n, n - 1, `m${n}`]))
    })

    test('a cursor gets no more than it asks for, and an ask ends by itself', async () => {
      const { broker } = await withStream({ maxBytes: KIB * KIB })
      for (let i = 0; i < 8; i++) await broker.streams.append('s.0', new Uint8Array(50 * KIB), { timeoutMs: 5_000 })
      const { cursor, got, ends } = await read(broker, { askBytes: 128 * KIB })
      cursor.ask()
      await eventually(() => ends() === 1)
      expect([cursor.asksOut(), got.length]).toEqual([0, 2])
      cursor.ask()
      cursor.ask()
      await eventually(() => ends() === 3)
      expect([cursor.asksOut(), got.length]).toEqual([0, 6])
      cursor.ask()
      await eventually(() => ends() === 4)
      expect(got.map(([sequence, delivered]) => [sequence, delivered])).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [n, n]),
      )
    })

    test('a cursor passes over what was removed, and says how many it has handed out', async () => {
      const { broker } = await withStream()
      await store(broker, 6)
      await broker.streams.deleteMessage('S', 4)
      const { cursor, got } = await read(broker)
      await broker.streams.purge('S', { through: 2 })
      cursor.ask()
      await eventually(() => got.length === 3)
      expect(got).toEqual([
        [3, 1, 'm3'],
        [5, 2, 'm5'],
        [6, 3, 'm6'],
      ])
    })

    test('a cursor whose stream or server is gone is told, or silent though it has asked', async () => {
      const { broker, server } = await withStream()
      const first = await read(broker)
      first.cursor.ask()
      await broker.streams.drop('S')
      await eventually(() => first.gone.length > 0 || first.cursor.isSilent(performance.now()))
      await untilAnswered(broker.control, () => broker.streams.make(settings()))
      const second = await read(broker)
      second.cursor.ask()
      expect(second.cursor.isSilent(performance.now())).toBe(false)
      await server.kill()
      await eventually(() => second.cursor.isSilent(performance.now()))
      second.cursor.forgiveSilence(performance.now())
      expect(second.cursor.isSilent(performance.now())).toBe(false)
      await server.start()
      await eventually(() => broker.control.status().state === 'connected')
      await eventually(() => {
        second.cursor.ask()
        return second.gone.length > 0 || second.cursor.isSilent(performance.now())
      })
    })
  })
}
