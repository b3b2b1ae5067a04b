/**
 * Moves a vehicle along a straight way: it accelerates towards its cruising speed and brakes so as to be at the exit speed
 * at the end, harder than it likes where the way is too short; it leaves slower than the exit speed where it can't reach it.
 *
 *     speed   ______ cruise
 *            /      \
 *           /        \ exit
 *     ─────┴──────────┴──── way
 *
 * @param moved receives the metres travelled and the speed afterwards, m/s
 * @returns seconds left over when it reaches the end of the way, −1 when it does not
 */
export const move = (
  moved: Float64Array,
  seconds: number,
  way: number,
  speed: number,
  cruise: number,
  exit: number,
  acceleration: number,
  braking: number,
): number => {
  const speed2 = speed * speed
  const exit2 = exit * exit
  if (speed2 - exit2 >= 2 * braking * way) return brake(moved, seconds, way, speed, exit)

  const reachable2 = speed2 + 2 * acceleration * way
  const leave2 = exit2 < reachable2 ? exit2 : reachable2
  const summit2 =
    (2 * acceleration * braking * way + braking * speed2 + acceleration * leave2) / (acceleration + braking)
  const top = summit2 < cruise * cruise ? Math.sqrt(summit2) : cruise
  const rise = top > speed ? top - speed : 0
  const riseTime = rise / acceleration
  if (seconds < riseTime) {
    moved[0] = (speed + 0.5 * acceleration * seconds) * seconds
    moved[1] = speed + acceleration * seconds
    return -1
  }
  const riseWay = 0.5 * (top + speed) * riseTime
  const leave = exit2 < reachable2 ? exit : top
  const fall = top > leave ? top - leave : 0
  const fallTime = fall / braking
  const levelWay = way - riseWay - 0.5 * (top + leave) * fallTime
  const levelTime = levelWay > 0 ? levelWay / top : 0
  let left = seconds - riseTime
  if (left < levelTime) {
    moved[0] = riseWay + top * left
    moved[1] = top
    return -1
  }
  left -= levelTime
  if (left < fallTime) {
    const toEnd = fallTime - left
    moved[0] = way - (leave + 0.5 * braking * toEnd) * toEnd
    moved[1] = leave + braking * toEnd
    return -1
  }
  moved[0] = way
  moved[1] = leave
  return left - fallTime
}

const brake = (moved: Float64Array, seconds: number, way: number, speed: number, exit: number): number => {
  const total = speed + exit > 0 ? (2 * way) / (speed + exit) : 0
  if (seconds < total) {
    const drop = ((speed - exit) / total) * seconds
    moved[0] = (speed - 0.5 * drop) * seconds
    moved[1] = speed - drop
    return -1
  }
  moved[0] = way
  moved[1] = exit
  return seconds - total
}
