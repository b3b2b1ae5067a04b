import { type Advice, faultOfAnswer } from '../fault-of-answer.ts'
import type { RequestFault } from '../requests.ts'

export interface AzureWhere {
  readonly container: string
  readonly endpoint: string
}

interface AzureError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly statusCode?: number
  readonly details?: { readonly errorCode?: string }
  readonly response?: { readonly headers?: { get(name: string): string | undefined } }
}

const adviceOf = ({ container, endpoint }: AzureWhere): Advice => [
  [/^ContainerNotFound$/, `there is no container "${container}" at ${endpoint}; make it, or change archive.path`],
  [
    /^(AuthenticationFailed|AuthorizationFailure|InvalidAuthenticationInfo|NoAuthenticationInformation)$/,
    'the store refuses the key or the signature; check archive.azure.accountKey, sasToken or connectionString',
  ],
  [
    /^(AuthorizationPermissionMismatch|InsufficientAccountPermissions|AuthorizationProtocolMismatch|403)$/,
    'this identity may not do it; give it the role "Storage Blob Data Contributor"',
  ],
  [
    /^(CredentialUnavailableError|AggregateAuthenticationError|AuthenticationRequiredError)$/,
    'set archive.azure.accountKey, sasToken or connectionString, or sign in as every Azure program does (AZURE_CLIENT_ID …, a managed identity)',
  ],
  [
    /^(ResourceNotFound|AccountIsDisabled|404)$/,
    `there is no such account at ${endpoint}; check archive.azure.account and endpoint`,
  ],
  [/^(InvalidResourceName|OutOfRangeInput)$/, `"${container}" is not the name of a container; change archive.path`],
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
    `no server answers at ${endpoint}; check archive.azure.account, endpoint and the network`,
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/,
    'the certificate is not trusted; name its authority with NODE_EXTRA_CA_CERTS',
  ],
]

/** Not an answer of the store: there are no credentials. */
const IDENTITY = /^(CredentialUnavailableError|AggregateAuthenticationError|AuthenticationRequiredError)$/

export const azureFaultOf = (error: unknown, where: AzureWhere): RequestFault => {
  const fault = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as AzureError
  const isIdentity = IDENTITY.test(fault.name ?? '')
  const code = isIdentity ? fault.name : (fault.details?.errorCode ?? fault.code ?? fault.statusCode?.toString())
  const seconds = Number(fault.response?.headers?.get('retry-after') ?? 0)
  return faultOfAnswer(
    {
      status: isIdentity ? 401 : fault.statusCode,
      code: code ?? fault.name ?? 'Error',
      // The lines after the first hold ids and times.
      message: (fault.message ?? '').split('\n')[0],
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : 0,
      cause: error,
    },
    adviceOf(where),
  )
}
