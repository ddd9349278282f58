import { DrushError, type DrushProcess } from '../../drupal/drush.ts'
import { TargetError, UpgradeError, type TargetInfo, type Versions } from '../../model/target.ts'

/** What drush reports about the site after its updates. */
export interface Upgraded extends Pick<TargetInfo, 'modules'> {
  readonly versions: Versions
}

/** How to run drush on a site with its new code. */
export interface UpdatedSite {
  /** Runs one command until it ends. @throws {DrushError} */
  readonly run: (command: string) => Promise<unknown>
  readonly open: () => DrushProcess
}

/**
 * Runs the updates of a site with its new code.
 * @throws {UpgradeError} `update-failed`, `cache-failed`, `site-broken`.
 */
export async function updateSite({ run, open }: UpdatedSite, progress: (stage: string) => void): Promise<Upgraded> {
  const command = async (name: string, code: string): Promise<void> => {
    progress(`running drush ${name}`)
    await failing(code, () => run(name))
  }
  await command('updatedb', 'update-failed')
  await command('cache:rebuild', 'cache-failed')
  return failing('site-broken', async () => {
    const drush = open()
    try {
      const answer = await drush.request<Upgraded>('describe')
      await drush.end()
      return answer
    } finally {
      drush.close()
    }
  })
}

async function failing<T>(code: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    // Such an error says nothing about the upgrade.
    if (error instanceof DrushError && error.code !== 'drush-not-started')
      throw new UpgradeError(code, error.message, error.lines, { cause: error })
    throw error
  }
}

/** A site that does not come up after its updates is a verdict. */
export async function whole<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    if (!(error instanceof TargetError) || error.code === 'port-taken') throw error
    const [message = '', ...lines] = error.message.split('\n')
    throw new UpgradeError('site-broken', message, lines, { cause: error })
  }
}
