import { checkListening, configSchema, hubPortOf, mayPagesGenerate, pageOrigins } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { startNatsServer, watchJetStream } from '@fleetlake/nats-server'
import { runService } from '@fleetlake/service'

/** Runs nats-server in the foreground, on the host and port of `hub.url`, and ends when it ends. */
await runService({
  name: 'event-hub',
  metered: 'hub',
  schema: configSchema,
  main: async ({ config, log, onStop, requires, ready, fail }) => {
    checkListening('hub', config)
    const { hostname } = new URL(config.hub.url)
    const server = await startNatsServer({
      dataDir: config.hub.dataDir,
      host: hostname,
      port: hubPortOf(config.hub.url),
      websocketPort: config.hub.websocketPort,
      websocketOrigins: pageOrigins(config.viewer.port, config.hub.websocketOrigins),
      pagesMayGenerate: mayPagesGenerate(config),
      asksEveryone: config.auth === 'required',
      partitions: config.partitioning.count,
      partitionMaxBytes: config.hub.maxBytesPerPartition,
      syncInterval: config.hub.syncInterval,
      say: (line) => log.warn(line),
    })
    onStop(() => server.stop())
    void server.ended().then(({ asked, lastLines }) => {
      if (!asked) fail(new FleetError('hub.failed', `nats-server ended: ${lastLines}`))
    })
    const watch = watchJetStream(server, { say: (line) => log.warn(line) })
    onStop(() => watch.stop())
    requires(() => (watch.isAnswering() ? undefined : 'JetStream does not answer'))
    void watch.failed.then((reason) => fail(new FleetError('hub.failed', `${reason}: start it again`)))
    ready({ url: server.url, websocketUrl: server.websocketUrl, pid: server.pid })
  },
})
