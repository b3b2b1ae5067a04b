/** The server's status for a message that nobody listens for. */
export const NO_RESPONDERS = 503
