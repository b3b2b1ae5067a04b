import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { Objects } from '../checks/objects.ts'

/** The text of a cluster's committed manifests. */
export const manifestText = (name: string): string =>
  readFileSync(new URL(`../../manifests/${name}.yaml`, import.meta.url), 'utf8')

/** What `kubectl apply -f` reads. */
export const readManifests = (text: string): Objects =>
  parseAllDocuments(text).map((document) => document.toJS() as Objects[number])
