import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A span of OTLP's JSON, as far as it is looked at. */
interface ExportedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
    }
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[]
  }[]
}

export type ReceivedSpan = ExportedSpan & {
  readonly service: string
  readonly links: NonNullable<ExportedSpan['links']>
}

export interface SpanReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
}

/** Without what is said of a link beside where it leads. */
const linksOf = ({ links = [] }: ExportedSpan): ReceivedSpan['links'] =>
  links.map(({ traceId, spanId }) => ({ traceId, spanId }))

/** A receiver of OTLP over HTTP, which keeps the spans that came; ends with the test. */
export const startSpanReceiver = async (): Promise<SpanReceiver> => {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      for (const { resource, scopeSpans } of (JSON.parse(body) as Exported).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
        for (const scope of scopeSpans)
          spans.push(...scope.spans.map((span) => ({ ...span, service, links: linksOf(span) })))
      }
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, spans }
}
