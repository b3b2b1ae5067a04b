import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

/** What is asked, and below what the answer comes. */
export const PROBE_SUBJECT = '$JS.API.INFO'
export const PROBE_INBOX = '_INBOX.watchdog'

const answerLine = 'io.nats.jetstream.api.v1.account_info_response'

/** As whom a server is asked that asks everyone who they are. */
export type ProbeLogin = { user: string; pass: string }

/**
 * Asks JetStream for its state as a client of its own, as a new client would: the connection, too, is part of what is asked.
 * @param withinMs gives up after this long
 * @returns whether it answered, with anything but a fault
 */
export const probeJetStream = (
  { host, port, login }: { host: string; port: number; login?: ProbeLogin | undefined },
  withinMs: number,
): Promise<boolean> =>
  new Promise((resolve) => {
    const inbox = `${PROBE_INBOX}.${randomBytes(8).toString('hex')}`
    const socket = connect({ host, port })
    const end = (isAnswered: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(isAnswered)
    }
    const timer = setTimeout(() => end(false), withinMs)
    let heard = ''
    socket.on('connect', () => {
      const options = { verbose: false, pedantic: false, name: 'watchdog', lang: 'node', version: '1', ...login }
      socket.write(`CONNECT ${JSON.stringify(options)}\r\n`)
      socket.write(`SUB ${inbox} 1\r\nPUB ${PROBE_SUBJECT} ${inbox} 0\r\n\r\n`)
    })
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      const from = heard.indexOf(`MSG ${inbox}`)
      const answer = from < 0 ? undefined : /^MSG \S+ 1 \d+\r\n(.*)\r\n/.exec(heard.slice(from))?.[1]
      if (answer !== undefined) end(answer.includes(answerLine) && !answer.includes('"error"'))
    })
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
  })
