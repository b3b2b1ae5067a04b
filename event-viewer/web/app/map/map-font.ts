/** Font stacks of the style: the first is a file that comes with the page, for what it lacks the system's. */
export const FONT = {
  medium: ['Fleet Medium', 'system-ui', 'sans-serif'],
  semibold: ['Fleet Semibold', 'system-ui', 'sans-serif'],
} as const
