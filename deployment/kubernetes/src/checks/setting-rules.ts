import { configSchema, listSettings } from '@fleetlake/contracts'
import { parse } from 'yaml'
import { z } from 'zod'
import { ofKind, podsOf, type Rule } from './objects.ts'

const SETTINGS = new Map(listSettings(configSchema).map((setting) => [setting.variable, setting]))
/** Names the file of the settings, which is no setting itself. */
const FILE = 'FLEET_CONFIG'

const files: Rule = (objects) =>
  ofKind(objects, 'ConfigMap').flatMap(({ metadata, data }) => {
    const text = data?.['fleet.yaml']
    if (text === undefined) return []
    const checked = configSchema.safeParse(parse(text))
    return checked.success ? [] : [`ConfigMap ${metadata?.name}: ${z.prettifyError(checked.error)}`]
  })

const isValid = (variable: string, text: string): boolean => {
  const schema = SETTINGS.get(variable)!.schema
  return schema.safeParse(text).success || schema.safeParse(parse(text)).success
}

/** The hub's own variables are those that its configuration names. */
const variables: Rule = (objects) => {
  const hubConfig = ofKind(objects, 'ConfigMap').flatMap(({ data }) => data?.['nats.conf'] ?? [])
  const named = new Set(hubConfig.flatMap((text) => [...text.matchAll(/\$(FLEET_\w+)/g)].map(([, name]) => name)))
  return podsOf(objects).flatMap(({ name: pod, containers }) =>
    containers.flatMap(({ env = [] }) => {
      if (pod === 'hub') {
        const set = new Set(env.map(({ name }) => name))
        return [...named]
          .filter((name) => !set.has(name))
          .map((name) => `nats.conf names ${name}, which its container does not have`)
      }
      return env.flatMap(({ name, value, valueFrom }) => {
        if (name === FILE) return []
        const setting = SETTINGS.get(name)
        if (setting === undefined) return [`container ${pod}: ${name} is no setting`]
        if (value !== undefined && setting.isSecret)
          return [`container ${pod}: ${name} is a secret, and stands in the manifest`]
        if (value !== undefined && !isValid(name, value)) return [`container ${pod}: ${name} can’t be "${value}"`]
        return value === undefined && valueFrom === undefined ? [`container ${pod}: ${name} has no value`] : []
      })
    }),
  )
}

const secretKeys: Rule = (objects, secrets) =>
  podsOf(objects).flatMap(({ name, containers }) =>
    containers.flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => {
        const asked = valueFrom?.secretKeyRef
        return asked === undefined || secrets[asked.name!]?.includes(asked.key) === true
          ? []
          : [`container ${name} asks for the key ${asked.key} of the Secret ${asked.name}, which is not provided`]
      }),
    ),
  )

/** A service knows its own password and no other one. */
const ownPasswords: Rule = (objects) =>
  podsOf(objects).flatMap(({ name, containers }) =>
    name === 'hub'
      ? []
      : containers.flatMap(({ env = [] }) =>
          env
            .map(({ valueFrom }) => valueFrom?.secretKeyRef?.key ?? '')
            .filter((key) => key.startsWith('FLEET_HUB_PASSWORD_'))
            .filter(
              (key) =>
                key !== `FLEET_HUB_PASSWORD_${name.toUpperCase()}` && !(name === 'gateway' && key.endsWith('_SYSTEM')),
            )
            .map((key) => `container ${name} gets to know ${key}`),
        ),
  )

const volumes: Rule = (objects) => {
  const there = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata?.name}`))
  return podsOf(objects).flatMap(({ name, spec }) =>
    (spec.volumes ?? []).flatMap(({ configMap, persistentVolumeClaim: claim }) =>
      [
        ...(configMap === undefined ? [] : [`ConfigMap ${configMap.name}`]),
        ...(claim === undefined ? [] : [`PersistentVolumeClaim ${claim.claimName}`]),
      ]
        .filter((needed) => !there.has(needed))
        .map((needed) => `pod ${name} needs the ${needed}, which is not there`),
    ),
  )
}

export const settingRules: readonly Rule[] = [files, variables, secretKeys, ownPasswords, volumes]
