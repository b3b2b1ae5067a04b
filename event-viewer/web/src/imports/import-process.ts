import { FleetError, reasonOf } from '@fleetlake/core'
import { connectHub } from '@fleetlake/hub'
import { checkImport, importIntoHub, type ImportResult, previewImport } from '@fleetlake/intake'
import { hubLogin } from '@fleetlake/service'
import { describeImport, mappingText } from '@fleetlake/viewer-core'
import { type ImportNews, type ImportOrder, type ImportOutcome, STOP } from './import-orders.ts'
import { createRefusedRows } from './refused-rows.ts'

/*
 * Reads the files of one import that a page has sent, apart from the viewer: what a file does to its reader can't end the viewer or hold it up. It does what its first message says, and ends; it ends as well
 * when its parent is gone, as if it were told to stop.
 */

const NEWS_MS = 500

const tell = (news: ImportNews): void => {
  if (process.connected) process.send?.(news)
}

const run = async (order: ImportOrder, signal: AbortSignal): Promise<void> => {
  // The files are told by their names, not by where the viewer keeps them.
  process.chdir(order.folder)
  await checkImport(order)
  if (order.kind === 'preview') tell({ preview: await previewImport({ ...order, signal }) })
  else await importFiles(order, signal)
}

const importFiles = async (order: ImportOrder & { kind: 'import' }, signal: AbortSignal): Promise<void> => {
  const { files, settings, config, identity, records, refusedFile } = order
  const refused = createRefusedRows(refusedFile)
  const hub = await connectHub({
    ...(await hubLogin('viewer', config)),
    url: config.hub.url,
    service: 'event-viewer-import',
    signal,
  })
  let toldMs = 0
  const tellCounts = (): void => tell(refused.counts())
  try {
    const result = await importIntoHub({
      files,
      settings,
      signal,
      hub,
      config,
      identity,
      records,
      wait: true,
      advice: { endWait: 'Stop ends the wait' },
      onJob: (job) => tell({ job }),
      hooks: {
        onMapping: (mapping) => tell({ said: mappingText(mapping, LEFT_OUT_ADVICE) }),
        say: (said) => tell({ said }),
        onRefused: refused.add,
        onRefusedUnkept: refused.miss,
        whenKept: refused.whenWritten,
        onProgress: () => {
          if (Date.now() - toldMs < NEWS_MS) return
          toldMs = Date.now()
          tellCounts()
        },
      },
    })
    tell({ ended: outcomeOf(result, config.archive.retentionMs) })
  } finally {
    await refused.close().catch((error: unknown) => {
      tell({ said: `not all refused rows could be kept: ${reasonOf(error)}` })
    })
    tellCounts()
    await hub.close()
  }
}

const LEFT_OUT_ADVICE = 'to import one, send the file again, and choose the field for a measure before it starts'

const outcomeOf = (result: ImportResult, retentionMs: number): ImportOutcome => {
  const { text } = describeImport(result, { isDryRun: false, wait: true, retentionMs, nowMs: Date.now() })
  const { rows, from, to } = result.tally
  const isFailed = result.status === 'complete' && (rows === 0 || result.filesFailed > 0)
  const instant = (ms: number): string => new Date(ms).toISOString()
  return {
    status: isFailed ? 'failed' : result.status,
    text,
    ...(rows === 0 ? {} : { period: { from: instant(from), to: instant(to) } }),
  }
}

const aborter = new AbortController()
process.once('disconnect', () => aborter.abort())
process.once('message', (order: ImportOrder) => {
  process.on('message', (word) => {
    if (word === STOP) aborter.abort()
  })
  run(order, aborter.signal)
    .catch((error: unknown) => {
      if (aborter.signal.aborted && !(error instanceof FleetError))
        tell({ ended: { status: 'stopped', text: 'stopped' } })
      else tell({ fault: error instanceof FleetError ? error.message : `the import failed: ${reasonOf(error)}` })
    })
    .finally(() => process.connected && process.disconnect?.())
})
