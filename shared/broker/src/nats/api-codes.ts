/** Of the server's answers that are no success. */
export const API_CODES = {
  insufficientStorage: 10047,
  storeFailed: 10077,
  streamNotMade: 10049,
  messageTooLarge: 10054,
  streamNotFound: 10059,
  noMessageFound: 10037,
  sequenceNotFound: 10043,
  wrongLastSequence: 10071,
  deleteFailed: 10057,
  nameInUse: 10058,
  otherStreamExpected: 10060,
  headersTooLarge: 10097,
  streamSealed: 10109,
  idInProcess: 10158,
} as const
