import { judgeQuery } from './judge-query.ts'
import { createStage, type Trouble, type WorldReport } from './stage.ts'
import { createWorldAgent, type WorldAgent } from './world-agent.ts'
import { createWorldCoordinator } from './world-coordinator.ts'
import { drawQuery, receive, type WorldQuery } from './world-query.ts'

/**
 * Searches on a clock of their own: a coordinator, agents and clients as the machines that decide for them, and all else, store, hub and people, drawn at random from a seed. Messages
 * are late, overtaken, delivered twice and lost; agents die, freeze and leave; files can't be read, always or now and then; jobs fail and hang; clients cancel, are slow or
 * are gone. What breaks an invariant is in the report, with the story that led to it.
 * @param troubles what goes wrong; drawn when missing
 */
export const playSearches = (seed: number, troubles?: readonly Trouble[]): WorldReport => {
  const stage = createStage(seed, troubles)
  const { may, below, oneIn, pick, after, carry, tell, violate } = stage
  const queries: WorldQuery[] = []

  /** All agents hear it. */
  const tellAgents = (what: (agent: WorldAgent) => void): void => {
    for (const agent of agents) carry(() => agent.act(() => what(agent)))
  }
  const coordinator = createWorldCoordinator(stage, {
    assign: (query, order) => {
      // What is not archived yet is its own process's; the others the hub gives to one of the agents.
      if (order.isHot) return void after(0, () => agents[0].give(query, order))
      const agent = pick(agents.filter((one) => one.takesTasks()))
      carry(() => agent.act(() => agent.give(query, order)))
    },
    stopAgents: (query) => {
      carry(() => coordinator.cancel(query, true))
      tellAgents((agent) => agent.cancel(query.id))
    },
  })
  const agents = Array.from({ length: 1 + below(3) }, (_, i) =>
    createWorldAgent(stage, `agent-${i}`, i === 0, {
      onStats: coordinator.hear,
      onBatch: (query, task, batch, rows) => {
        const takenMs = receive(stage, query, `${task}/${batch}`, rows)
        if (takenMs === undefined) return
        after(takenMs, () => tellAgents((agent) => agent.hearTaken(query.id, task, batch)))
      },
    }),
  )
  const cancel = (query: WorldQuery): void => {
    tell(`${query.id} is cancelled by its client`)
    query.isFoundGone = true
    carry(() => coordinator.cancel(query))
    tellAgents((agent) => agent.cancel(query.id))
  }
  const ask = (): void => {
    const query = drawQuery(stage, `q${queries.length}`)
    queries.push(query)
    coordinator.ask(query)
    if (may.cancel && oneIn(2)) after(below(pick([100, 3_000, 20_000])), () => cancel(query))
  }

  const asked = 1 + below(6)
  for (let i = 0; i < asked; i++) after(below(pick([10, 3_000])), ask)
  stage.play()
  for (const agent of agents) if (agent.left() > 0) violate(`${agent.name} has ${agent.left()} queries left`)
  for (const query of queries) judgeQuery(stage, query)
  coordinator.checkEnd()
  return stage.report()
}
