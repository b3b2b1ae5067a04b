/**
 * The largest strongly connected component of a directed graph (Tarjan, without recursion).
 * @param firstOut the arrows out of vertex v are `[firstOut[v], firstOut[v + 1])`
 * @param target where an arrow leads
 * @returns 1 for the vertices that belong to it; of equally large ones, the one with the lowest vertex
 */
export const largestComponent = (firstOut: Uint32Array, target: Uint32Array): Uint8Array => {
  const count = firstOut.length - 1
  const order = new Uint32Array(count)
  const low = new Uint32Array(count)
  const next = firstOut.slice(0, count)
  const component = new Int32Array(count).fill(-1)
  const sizes: number[] = []
  const open: number[] = []
  const path: number[] = []
  let visited = 0
  const visit = (vertex: number): void => {
    order[vertex] = low[vertex] = ++visited
    open.push(vertex)
    path.push(vertex)
  }
  const close = (root: number): void => {
    let size = 0
    let member: number
    do {
      member = open.pop()!
      component[member] = sizes.length
      size++
    } while (member !== root)
    sizes.push(size)
  }
  for (let root = 0; root < count; root++) {
    if (order[root] > 0) continue
    visit(root)
    while (path.length > 0) {
      const vertex = path[path.length - 1]
      if (next[vertex] < firstOut[vertex + 1]) {
        const to = target[next[vertex]++]
        if (order[to] === 0) visit(to)
        else if (component[to] === -1) low[vertex] = Math.min(low[vertex], order[to])
        continue
      }
      path.pop()
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[vertex])
      if (low[vertex] === order[vertex]) close(vertex)
    }
  }
  const most = sizes.reduce((best, size) => Math.max(best, size), 0)
  const winner = component.find((each) => sizes[each] === most)
  return Uint8Array.from(component, (each) => (each === winner ? 1 : 0))
}
