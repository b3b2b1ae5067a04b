/** A process that tells its metrics. */
export interface Target {
  /** The service, as `deployment/monitoring/prometheus/prometheus.yml` names its job. */
  readonly job: string
  /** Host and port. */
  readonly address: string
}

export const SCRAPE_SECONDS = 5

/** What Prometheus scrapes of a stack on this machine, with the jobs' names of the deployment. */
export const scrapeConfig = (targets: readonly Target[], rulesFile: string): string =>
  JSON.stringify({
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: `${SCRAPE_SECONDS}s` },
    rule_files: [rulesFile],
    scrape_configs: [...new Set(targets.map(({ job }) => job))].map((job) => ({
      job_name: job,
      static_configs: [{ targets: targets.filter((target) => target.job === job).map(({ address }) => address) }],
    })),
  })
