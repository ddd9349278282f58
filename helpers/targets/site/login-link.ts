import { randomBytes } from 'node:crypto'
import { DrushError } from '../../drupal/drush.ts'
import { askSite } from '../../drupal/site-drush.ts'
import { Redactor } from '../../http/redact.ts'
import { TargetError } from '../../model/target.ts'
import type { SiteFile } from './site-file.ts'

/** Milliseconds that drush may take to answer. */
export const drushTimeout = 60_000

/**
 * Gets a one-time login link from the site with the user's drush. The name of the user goes over standard input: behind
 * `ssh HOST drush`, a shell would interpret it as an argument.
 * @param drush The words of the command.
 * @param redact Removes secrets from what an error shows.
 * @throws TargetError `drush-failed`
 */
export async function loginLink(
  drush: readonly string[],
  name: string,
  baseUrl: string,
  redact: (text: string) => string,
): Promise<string> {
  const shown = redact(drush.join(' '))
  const failed = (why: string, cause?: unknown): TargetError =>
    new TargetError(
      'drush-failed',
      `Expected a login link for ${JSON.stringify(name)} from "${shown}": ${why.replace(/\.$/u, '')}. Run the command yourself, and correct drush in the site file.`,
      { cause },
    )
  const run = randomBytes(6).toString('hex')
  const options = {
    command: drush,
    timeout: drushTimeout,
    redact: (text: string): string => withoutLinks(redact(text)),
  }
  const nothing = (): void => undefined
  const { link } = await askSite<{ link?: unknown }>(
    options,
    { op: 'site.login-link', run, data: { name } },
    nothing,
    nothing,
  ).catch((error: unknown) => {
    if (!(error instanceof DrushError)) throw error
    const [first = ''] = error.code === 'drush-failed' ? error.lines : []
    throw failed(`${error.message}${first === '' ? '' : ` ${first.trim()}`}`, error)
  })
  if (typeof link !== 'string' || !URL.canParse(link)) throw failed('it returned no link')
  // drush may not know the base URL that this machine uses.
  return new URL(new URL(link).pathname, baseUrl).href
}

const withoutLinks = (text: string): string => text.replaceAll(/\/user\/reset\/\S+/gu, '/user/reset/‹login_link›')

/** Removes the secrets that a site file has read from the environment. */
export function siteRedactor({ users = {}, clients = {}, policy = [], httpBasic }: SiteFile): (text: string) => string {
  const redactor = new Redactor()
  for (const { password, cookie } of Object.values(users)) {
    if (password !== undefined) redactor.register('password', password)
    if (cookie !== undefined) redactor.register('cookie', cookie)
  }
  for (const { client_secret } of [...Object.values(clients), ...policy])
    if (client_secret !== undefined) redactor.register('client_secret', client_secret)
  if (httpBasic) redactor.register('password', httpBasic.password)
  return (text) => redactor.redact(text)
}
