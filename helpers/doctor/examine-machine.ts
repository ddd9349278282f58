import { findEngine } from '../targets/container/engine.ts'
import { findCodebase, listCode } from '../targets/install/codebase.ts'
import { checkPhp } from '../targets/php/check-php.ts'
import { TargetError } from '../model/target.ts'
import type { Layer } from '../../fixtures/diagnoses.ts'
import type { Examined } from './report.ts'

/** A failure whose message says what to do, as a problem of a layer. */
export const failed = (
  layer: Layer,
  { code, message }: { readonly code: string; readonly message: string },
): Examined => ({
  ...{ layer, state: 'problem', id: code, cause: message, remedy: '' },
})

/** Examines the codebase, and what the targets php and container need on this machine; installs and starts nothing. */
export async function examineMachine(
  codebase: string,
  php: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Examined[]> {
  const engine = await findEngine(environment)
  return [
    await examinePhp(php, !(engine instanceof TargetError)),
    engine instanceof TargetError
      ? { layer: 'engine', state: 'ok', text: `none answers (${engine.code}); the php target needs none` }
      : { layer: 'engine', state: 'ok', text: engine.uri },
    examineCode(codebase),
  ]
}

/** If there is an engine, the container has its own PHP. */
async function examinePhp(command: string, hasEngine: boolean): Promise<Examined> {
  try {
    const { version } = await checkPhp(command)
    return { layer: 'php', state: 'ok', text: `PHP ${version} ("${command}") with every extension needed` }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return { ...failed('php', error), ...(hasEngine ? { state: 'warning' } : {}) } as Examined
  }
}

function examineCode(folder: string): Examined {
  try {
    const codebase = findCodebase(folder)
    const files = listCode(codebase)
    const text = `${codebase.root}, docroot ${codebase.docroot}, ${String(files.length)} files, with Simple OAuth and drush`
    return { layer: 'code', state: 'ok', text }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return failed('code', error)
  }
}
