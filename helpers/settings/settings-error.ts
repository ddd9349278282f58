/** A setting is unknown, its value cannot be used, or it cannot act. Exit code 2; the message says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code: 'unknown-setting' | 'bad-value' | 'conflicting-settings' | 'cache-unwritable'
  constructor(code: SettingsError['code'], message: string) {
    super(message)
    this.code = code
  }
}
