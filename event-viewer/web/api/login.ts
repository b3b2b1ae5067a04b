/** Holds for a minute why a login by a provider has failed: the page tells it, and removes it. */
export const LOGIN_FAULT_COOKIE = 'fleet_login_fault'
