import { personPermissions } from '../people/person-permissions.ts'
import { rightsOf } from '../people/rights.ts'
import { ROLES } from '../people/role.ts'
import { HUB_SERVICES } from '../services/hub-services.ts'
import { servicePermissions, serviceUser, SYSTEM_PERMISSIONS, SYSTEM_USER } from '../services/service-permissions.ts'
import { tableRow } from './describe-schema.ts'
import { GENERATED } from './messages-reference.ts'

const PERSON = '<person>'

/** The 64 streams of partitions as one. */
const listed = (subjects: readonly string[]): string =>
  [...new Set(subjects.map((subject) => subject.replace(/MOVES_\d+/, 'MOVES_<partition>')))]
    .map((subject) => `\`${subject}\``)
    .join(', ')

/** `docs/reference/hub-users.md`. */
export const hubUsersReference = (): string => {
  const services = HUB_SERVICES.map((service) => [serviceUser(service), servicePermissions(service)] as const)
  const users = [...services, [SYSTEM_USER, { ...SYSTEM_PERMISSIONS, answers: false }] as const]
  const roles = ROLES.map((role) => [role, personPermissions(PERSON, rightsOf(role))] as const)
  const restricted = personPermissions(PERSON, rightsOf('viewer'), false)
  return `${[
    GENERATED,
    '# Users of the hub',
    '',
    'What each may do where `auth: required` is set ([more](../hub-users.md)). `<partition>` is 0 to 63, each named for itself. Who answers may do so once for each question, within 2 min (`allow_responses`).',
    '',
    '| user | publishes | subscribes | answers |',
    '|---|---|---|---|',
    ...users.map(([name, { publish, subscribe, answers }]) =>
      tableRow(`\`${name}\``, listed(publish), listed(subscribe), answers ? 'yes' : ''),
    ),
    '',
    'A page, by the role of its person, whose token `<person>` is; who does not see all vehicles has `live.seen.<person>.*` in place of `live.move.*`, and',
    `publishes ${listed(restricted.publish)} too.`,
    '',
    '| role | publishes | subscribes |',
    '|---|---|---|',
    ...roles.map(([role, { publish, subscribe }]) => tableRow(role, listed(publish), listed(subscribe))),
  ].join('\n')}\n`
}
