/** What of the driver runs in a browser. */
export { connectNatsWebSocket, type WebSocketOptions } from './connect-websocket.ts'
export type { AskTicket, Ticket } from './held-ticket.ts'
