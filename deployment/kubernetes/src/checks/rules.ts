import { addressRules } from './address-rules.ts'
import { networkRules } from './network-rules.ts'
import { podRules } from './pod-rules.ts'
import { schemaFaults } from './schema-faults.ts'
import { settingRules } from './setting-rules.ts'
import type { Objects, Rule } from './objects.ts'

const RULES: readonly Rule[] = [...podRules, ...settingRules, ...addressRules, ...networkRules]

/**
 * All that is wrong with the objects of a cluster.
 * @param secrets keys of the Secrets that will be there
 */
export const faultsOf = (objects: Objects, secrets: Readonly<Record<string, readonly string[]>>): string[] => {
  const inSchema = objects.flatMap((object) =>
    schemaFaults(object).map((fault) => `${object.kind} ${object.metadata?.name}: ${fault}`),
  )
  // What is not of its kind's form can't be looked at further.
  return inSchema.length > 0 ? inSchema : RULES.flatMap((rule) => rule(objects, secrets))
}
