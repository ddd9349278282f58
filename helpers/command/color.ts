interface Stream {
  readonly isTTY?: boolean
  hasColors?(): boolean
}

/** Whether an output is colored: FORCE_COLOR decides, then NO_COLOR (https://no-color.org), then the terminal. */
export function isColored(
  stream: Stream,
  { FORCE_COLOR: force, NO_COLOR: no }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (force !== undefined) return ['', '1', '2', '3', 'true'].includes(force)
  if (no !== undefined && no !== '') return false
  return stream.isTTY === true && stream.hasColors?.() === true
}
