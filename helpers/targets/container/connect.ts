import { getContainerRuntimeClient, getReaper, ImageName, type ContainerRuntimeClient } from 'testcontainers'
import { REAPER_IMAGE } from 'testcontainers/build/reaper/reaper.js'
import type { Engine } from './engine.ts'
import { TargetError } from '../../model/target.ts'

/* eslint-disable no-restricted-properties -- Testcontainers reads only from the environment which engine to use, and whether its reaper */

/** @throws {TargetError} `engine-failed`. */
export async function connect({ uri }: Engine): Promise<ContainerRuntimeClient> {
  process.env['DOCKER_HOST'] = uri
  // Inside a container, Testcontainers would look for the engine's host elsewhere.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1'
  try {
    return await getContainerRuntimeClient()
  } catch (cause) {
    const message = `Testcontainers cannot use the container engine at ${uri}; DEBUG=testcontainers* shows why.`
    throw new TargetError('engine-failed', message, { cause })
  }
}

/**
 * Starts Testcontainers' reaper, which removes what a killed run leaves, if the user wants it and its image is available locally. Otherwise
 * the next start or the subcommand cleanup removes it.
 *
 * @returns a function that starts it later, once a registry, which also has its image, is known to answer.
 */
export async function useReaper(client: ContainerRuntimeClient): Promise<() => Promise<void>> {
  const wanted = process.env['TESTCONTAINERS_RYUK_DISABLED'] !== 'true'
  const withoutReaper = () => {
    process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
  }
  const withReaper = async () => {
    if (!wanted) return
    delete process.env['TESTCONTAINERS_RYUK_DISABLED']
    await getReaper(client).catch(withoutReaper)
  }
  if (await client.image.exists(ImageName.fromString(REAPER_IMAGE))) await withReaper()
  else withoutReaper()
  return withReaper
}
/* eslint-enable no-restricted-properties */
