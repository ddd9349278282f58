/** Reports cannot be merged. `code` is stable; the message says what to do next. */
export class MergeError extends Error {
  override readonly name = 'MergeError'
  readonly code = 'cannot-merge'
}
