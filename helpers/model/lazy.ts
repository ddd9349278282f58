/** A value made when it is first asked for: what a run does not need costs its start nothing. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
