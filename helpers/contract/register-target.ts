import type { Redactor } from '../http/redact.ts'
import type { TargetInfo } from '../model/target.ts'

/** Registers every secret of a target's clients and users, before anything is printed. */
export function registerTarget(redactor: Redactor, { clients, users, httpBasic, databasePassword }: TargetInfo): void {
  for (const client of Object.values(clients)) {
    if (client.client_secret !== undefined) redactor.register('client_secret', client.client_secret)
  }
  for (const { password, cookie, loginLink } of Object.values(users)) {
    if (password !== undefined) redactor.register('password', password)
    if (loginLink !== undefined) redactor.register('login_link', loginLink)
    for (const pair of cookie?.split(';') ?? []) redactor.register('cookie', pair.replace(/^[^=]*=/u, '').trim())
  }
  if (databasePassword !== undefined) redactor.register('password', databasePassword)
  if (httpBasic) redactor.register('password', httpBasic.password)
}
