import { createInterface } from 'node:readline'
import { ImageName, type ContainerRuntimeClient } from 'testcontainers'
import { getAuthConfig } from 'testcontainers/build/container-runtime/auth/get-auth-config.js'
import { watchQuiet, type QuietWatch } from './quiet.ts'
import { TargetError } from '../../model/target.ts'

/** Milliseconds; a working registry answers within seconds and then reports progress continuously. */
const silence = 12_000
const dockerHub = 'https://index.docker.io/v1/'

/**
 * Fetches an image that is not on this machine.
 *
 * @param next what a user can do if it cannot be fetched; appended to the message.
 * @returns whether a registry delivered it.
 * @throws {TargetError} `image-missing`, 15 seconds after the registry went silent.
 */
export async function pullImage(
  client: ContainerRuntimeClient,
  name: string,
  next: string,
  progress: (stage: string) => void,
): Promise<boolean> {
  const image = ImageName.fromString(name)
  try {
    if (await client.image.exists(image)) return false
    progress(`fetching the image ${name}`)
    await pull(client, image)
    if (await client.image.exists(image)) return true
    throw new Error('its registry did not deliver it')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim() : String(cause)
    const message = `The image ${name} is not on this machine and cannot be fetched: ${why}.${next}`
    throw new TargetError('image-missing', message, { cause })
  }
}

/** Testcontainers' own pull waits as long as the engine does, and swallows errors in the middle. */
async function pull(client: ContainerRuntimeClient, image: ImageName): Promise<void> {
  const abort = new AbortController()
  let watch: QuietWatch | undefined
  const silent = new Promise<never>((_, reject) => {
    watch = watchQuiet([silence], () => {
      reject(new Error(`its registry has not answered for ${silence / 1000} s`))
      abort.abort()
    })
  })
  const follow = async () => {
    const authconfig = await getAuthConfig(image.registry ?? dockerHub)
    const options = { abortSignal: abort.signal, ...(authconfig === undefined ? {} : { authconfig }) }
    const stream = await client.container.dockerode.pull(image.string, options)
    for await (const line of createInterface({ input: stream })) {
      watch?.heard()
      const { error } = JSON.parse(line) as { readonly error?: string }
      if (error !== undefined) throw new Error(error)
    }
  }
  try {
    const followed = follow()
    followed.catch(() => undefined)
    await Promise.race([followed, silent])
  } finally {
    watch?.stop()
  }
}
