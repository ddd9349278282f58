/** The user's files that determine the server's behaviour: paths relative to the working folder, with slashes; none outside of it. */
export interface TestedFiles {
  readonly site?: string
  /** simple_oauth.settings.yml of exported configuration. */
  readonly settings?: string
  /** Exported scopes, sorted. */
  readonly scopes?: readonly string[]
  readonly composerLock?: string
}
