/** What a registry knows against a package. */
export interface Advisory {
  readonly module_name: string
  readonly severity: 'info' | 'low' | 'moderate' | 'high' | 'critical'
  readonly title: string
  readonly url: string
  readonly patched_versions?: string
}

/** Advisories that were read and don't concern us, by their address, with the reason. */
const READ: Readonly<Record<string, string>> = {}

/** A line for each advisory that is grave and was not read. */
export const advisoryFaults = (advisories: readonly Advisory[], read = READ): string[] =>
  advisories
    .filter(({ severity, url }) => (severity === 'high' || severity === 'critical') && !Object.hasOwn(read, url))
    .map(
      ({ module_name, severity, title, url, patched_versions }) =>
        `${module_name}: ${title} (${severity}, ${url}); mended in ${patched_versions ?? 'no version'}: update it, or add the advisory with its reason to scripts/checks/advisories.ts`,
    )
