import { outputOf, type Dockerode } from './exec-drush.ts'
import type { BaseFacts } from './requirements.ts'
import { TargetError } from '../../model/target.ts'

export interface BaseImageFacts extends BaseFacts {
  readonly composer: boolean
}

const question = `echo json_encode([
  "php" => PHP_VERSION,
  "sqlite" => extension_loaded("pdo_sqlite") ? (new PDO("sqlite::memory:"))->query("select sqlite_version()")->fetchColumn() : null,
  "composer" => trim((string) shell_exec("command -v composer")) !== "",
]);`

/**
 * Asks the PHP of an image for its version and extensions, in a temporary container.
 * @throws {TargetError} `image-lacks`.
 */
export async function probeBase(
  docker: Dockerode,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<BaseImageFacts> {
  const container = await docker.createContainer({
    ...{ Image: image, Entrypoint: ['php'], Cmd: ['-r', question], Labels: { ...labels } },
    HostConfig: { NetworkMode: 'none' },
  })
  try {
    // Attached before the start, because the last output may be missing in the log of an ended container.
    const output = await container.attach({ stream: true, stdout: true, stderr: true })
    await container.start()
    let text = ''
    for await (const part of outputOf(container, output)) text += String(part)
    return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as BaseImageFacts
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `The image ${image} has no PHP that answers (${why.trim()}): name another with --base-image.`
    throw new TargetError('image-lacks', message, { cause })
  } finally {
    await container.remove({ force: true }).catch(() => undefined)
  }
}
