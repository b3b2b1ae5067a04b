import { type Advice, faultOfAnswer } from '../fault-of-answer.ts'
import type { RequestFault } from '../requests.ts'

export interface S3Where {
  readonly bucket: string
  readonly endpoint: string | undefined
}

interface S3Error {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

const adviceOf = ({ bucket, endpoint = 'AWS' }: S3Where): Advice => [
  [/^NoSuchBucket$/, `there is no bucket "${bucket}" at ${endpoint}; make it, or change archive.path`],
  [/^(InvalidAccessKeyId|InvalidClientTokenId)$/, 'the store does not know this key; check archive.s3.accessKeyId'],
  [/^SignatureDoesNotMatch$/, 'the secret is not the one of this key; check archive.s3.secretAccessKey'],
  [
    /^(ExpiredToken\w*|InvalidToken|TokenRefreshRequired)$/,
    'the session token is no longer valid; renew the credentials',
  ],
  [
    /^(AccessDenied|Forbidden|403|AllAccessDisabled)$/,
    `these credentials may not do it; allow s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and, on the bucket "${bucket}", s3:ListBucket`,
  ],
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    'set archive.s3.accessKeyId and archive.s3.secretAccessKey, or give credentials as every AWS program takes them (AWS_ACCESS_KEY_ID, a profile, a role)',
  ],
  [
    /^(MissingRegion|PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint\w*|301)$/,
    'set archive.s3.region to the region of the bucket',
  ],
  [/^InvalidBucketName$/, `"${bucket}" is not the name of a bucket; change archive.path`],
  [
    /^(NotImplemented|501)$/,
    'this server does not know what the archive needs, above all If-None-Match; use another one',
  ],
  [/^(RequestTimeTooSkewed|RequestExpired)$/, "set this machine's clock"],
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
    `no server answers at ${endpoint}; check archive.s3.endpoint and the network`,
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/,
    'the certificate is not trusted; name its authority with NODE_EXTRA_CA_CERTS',
  ],
]

/** Errors of a connection carry the system's code, those of the service their name. */
const codeOf = ({ name = 'Error', code, message = '', $metadata }: S3Error): string => {
  if (message === 'Region is missing') return 'MissingRegion'
  // A connection that is not made within its time.
  if (name === 'TimeoutError' && message.includes('did not establish a connection')) return 'EHOSTUNREACH'
  if ($metadata?.httpStatusCode === undefined) return code ?? name
  return name === 'Unknown' || name === 'UnknownError' || name === 'Error' ? String($metadata.httpStatusCode) : name
}

export const s3FaultOf = (error: unknown, where: S3Where): RequestFault => {
  const fault = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as S3Error
  const seconds = Number(fault.$response?.headers?.['retry-after'] ?? 0)
  return faultOfAnswer(
    {
      status: fault.$metadata?.httpStatusCode,
      code: codeOf(fault),
      message: fault.message ?? '',
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : 0,
      cause: error,
    },
    adviceOf(where),
  )
}
