import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { TargetError } from '../../model/target.ts'

const patience = 60_000

/**
 * A one-time login link from the user's drush.
 * @param drush The words of the command.
 * @throws TargetError `drush-failed`
 */
export async function loginLink(drush: readonly string[], name: string, baseUrl: string): Promise<string> {
  const [command = '', ...words] = drush
  const shown = `${drush.join(' ')} user:login --name=${name}`
  const failed = (why: string, cause?: unknown): TargetError =>
    new TargetError(
      'drush-failed',
      `No login link came from "${shown}": ${why}. Try the command by hand, and correct drush in the site file.`,
      { cause },
    )
  const given = [...words, 'user:login', `--name=${name}`, `--uri=${baseUrl}`, '--no-browser']
  const { stdout } = await promisify(execFile)(command, given, { timeout: patience }).catch((error: unknown) => {
    const { stderr = '', code, message } = error as { stderr?: string; code?: unknown; message: string }
    const [said] = stderr.split('\n').filter((line) => line.trim() !== '')
    throw failed(said?.trim() ?? (code === 'ENOENT' ? 'there is no such command' : message), error)
  })
  const link = /https?:\/\/\S+\/user\/reset\/\S+/u.exec(stdout)?.[0]
  if (link === undefined) throw failed('it printed no link')
  // drush may not know the address under which the site is reached from here.
  return new URL(new URL(link).pathname, baseUrl).href
}
