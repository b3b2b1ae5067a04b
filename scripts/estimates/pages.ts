import { join } from 'node:path'

const docs = join(import.meta.dirname, '../../docs')

/** The pages that have estimates in them. */
export const ESTIMATE_PAGES: readonly string[] = [
  'operations/estimate.md',
  'operations/sizing.md',
  'cloud/aws.md',
  'cloud/azure.md',
  'cloud/gcp.md',
].map((page) => join(docs, page))
