import type { FleetlakeProps } from '../props.ts'
import { aws } from './aws.ts'
import { azure } from './azure.ts'
import { gcp } from './gcp.ts'
import { laptop } from './laptop.ts'
import { production } from './production.ts'

/** Clusters to begin with: copy the nearest, and name what is yours. */
export const CLUSTERS: Readonly<Record<string, FleetlakeProps>> = { laptop, production, aws, azure, gcp }
