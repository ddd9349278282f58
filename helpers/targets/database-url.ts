import { SettingsError } from '../settings/settings-error.ts'
import type { DatabaseAccess } from './php/database.ts'

const drivers: Readonly<Record<string, { readonly driver: DatabaseAccess['driver']; readonly port: number }>> = {
  'mysql:': { driver: 'mysql', port: 3306 },
  'mariadb:': { driver: 'mysql', port: 3306 },
  'pgsql:': { driver: 'pgsql', port: 5432 },
  'postgres:': { driver: 'pgsql', port: 5432 },
  'postgresql:': { driver: 'pgsql', port: 5432 },
}

/** @throws SettingsError which does not repeat the URL, because it may contain a password. */
export function parseDatabaseUrl(text: string): DatabaseAccess {
  const url = URL.canParse(text) ? new URL(text) : null
  const kind = drivers[url?.protocol ?? '']
  if (!url || !kind) throw refused('does not begin with mysql:// or pgsql://')
  const [user, password, name] = [url.username, url.password, url.pathname.slice(1)].map(decoded)
  if (!user) throw refused('names no user')
  if (url.hostname === '') throw refused('names no host')
  if (!name || name.includes('/')) throw refused('does not end with the name of one database')
  if (url.search !== '' || url.hash !== '')
    throw refused('has options after the name. None is known; write "?" as %3F and "#" as %23 in a password')
  // Both would add options to the connection.
  if (/[;=\0]/u.test(name + url.hostname)) throw refused('has a name with a character that no connection can carry')
  const port = url.port === '' ? kind.port : Number(url.port)
  return {
    driver: kind.driver,
    host: url.hostname.replace(/^\[|\]$/gu, ''),
    port,
    name,
    user,
    password: password ?? '',
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refused('has a "%" that escapes nothing; write it as %25')
  }
}

const refused = (why: string): SettingsError =>
  new SettingsError(
    'bad-value',
    `The database URL (--database-url or CONTRACT_DATABASE_URL) ${why}. Write mysql://USER:PASSWORD@127.0.0.1:3306/NAME or pgsql://USER:PASSWORD@127.0.0.1:5432/NAME.`,
  )
