import { type Broker, type Control, type ReceivedMessage, refusalOf } from '@fleetlake/broker'
import { ANYONE, type MessageInput, type MessageName, messages, personInbox } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Answer, Hub, Listener, ListenOptions, MessageHub, Received, SendOptions, SpeakerOptions } from './hub.ts'
import { asksForNoInbox, receiveMessage, wrapMessage, type Wrapped } from './message.ts'
import { randomToken } from './random-token.ts'

/** A hub on a broker's connection. */
export const openHub = ({ control, streams }: Broker, options: SpeakerOptions): Hub => ({
  ...openMessageHub(control, options),
  streams,
})

/** Messages over a broker's connection: as CloudEvents, checked against their definitions. */
export const openMessageHub = (
  control: Control,
  { service, uid = randomToken(), person = ANYONE, onFault, tracer }: SpeakerOptions,
): MessageHub => {
  const source = `/fleetlake/${service}/${uid}`
  let sent = 0

  const wrap = <Name extends MessageName>(name: Name, data: MessageInput<Name>, options: SendOptions): Wrapped =>
    wrapMessage(control, name, data, { ...options, source, id: options.id ?? `${uid}-${++sent}` })

  const tellFault = (name: MessageName, cause: unknown): void => {
    const fault = new FleetError('service.failed', `a ${messages[name].type} was not dealt with`, { cause })
    if (onFault === undefined) console.error(reasonOf(fault))
    else onFault(fault)
  }
  const handler =
    <Name extends MessageName>(
      name: Name,
      handle: (message: Received<Name>) => void | Promise<void>,
      options: ListenOptions,
    ) =>
    (raw: ReceivedMessage): void => {
      // A promise of its own: what is thrown must end neither the connection's reader nor the process.
      void (async (): Promise<void> => {
        if (asksForNoInbox(name, raw)) return
        let message: Received<Name>
        try {
          message = receiveMessage(name, raw)
        } catch (fault) {
          options.onInvalid?.(fault as FleetError, raw)
          return
        }
        await handle(message)
      })().catch((fault: unknown) => {
        tellFault(name, fault)
        try {
          options.onFault?.(fault, raw)
        } catch (another) {
          tellFault(name, another)
        }
      })
    }

  return {
    uid,
    service,
    person,
    tracer,
    control,
    inbox: (id) => personInbox(person, id),
    status: control.status,
    onStatus: control.onStatus,
    send: (name, subject, data, options = {}) => {
      const { payload, headers } = wrap(name, data, options)
      try {
        control.publish(subject, payload, {
          headers,
          ...(options.reply === undefined ? {} : { reply: options.reply }),
        })
      } catch (cause) {
        throw sendFault(cause, `${messages[name].type} to ${subject}`)
      }
    },
    listen: (name, subject, handle, options = {}): Listener => {
      const { queue } = options
      const subscription = control.subscribe(
        subject,
        handler(name, handle, options),
        queue === undefined ? {} : { queue },
      )
      return { close: subscription.drain }
    },
    request: async (name, answer, subject, data, { timeoutMs }) => {
      const { payload, headers } = wrap(name, data, {})
      const answered = await control.request(subject, payload, { headers, timeoutMs }).catch((cause: unknown) => {
        throw sendFault(cause, `${messages[name].type} to ${subject}`)
      })
      if (answered.kind !== 'answered') return { status: answered.kind }
      return { status: 'answered', data: receiveMessage(answer, answered.message).data } satisfies Answer<typeof answer>
    },
    flush: control.flush,
    close: control.close,
  }
}

const sendFault = (cause: unknown, what: string): FleetError =>
  refusalOf(cause) === 'closed'
    ? new FleetError('hub.closed', `${what} was not sent: the connection to the hub is closed`, { cause })
    : new FleetError('message.invalid', `${what} was not sent`, { cause })
