import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { TargetError } from '../../model/target.ts'

/** Milliseconds. */
const timeout = 60_000

/**
 ** Gets a one-time login link from the user's drush.
 * @param drush The words of the command.
 * @throws TargetError `drush-failed`
 */
export async function loginLink(drush: readonly string[], name: string, baseUrl: string): Promise<string> {
  const [command = '', ...words] = drush
  const shown = `${drush.join(' ')} user:login --name=${name}`
  const failed = (why: string, cause?: unknown): TargetError =>
    new TargetError(
      'drush-failed',
      `Expected a login link from "${shown}": ${why}. Run the command by hand, and correct drush in the site file.`,
      { cause },
    )
  const args = [...words, 'user:login', `--name=${name}`, `--uri=${baseUrl}`, '--no-browser']
  const { stdout } = await promisify(execFile)(command, args, { timeout }).catch((error: unknown) => {
    const { stderr = '', code, message } = error as { stderr?: string; code?: unknown; message: string }
    const [firstLine] = stderr.split('\n').filter((line) => line.trim() !== '')
    throw failed(firstLine?.trim() ?? (code === 'ENOENT' ? 'command not found' : message), error)
  })
  const link = /https?:\/\/\S+\/user\/reset\/\S+/u.exec(stdout)?.[0]
  if (link === undefined) throw failed('it printed no link')
  // drush may not know the base URL that this machine uses.
  return new URL(new URL(link).pathname, baseUrl).href
}
