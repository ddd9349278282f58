import type { ContainerRuntimeClient } from 'testcontainers'
import { useReaper } from './connect.ts'
import { pullImage } from './pull-image.ts'
import { waysOut } from './ways-out.ts'

/** What to do if an image cannot be fetched, by its purpose. */
const next = {
  base: waysOut,
  database: ` Load it first, or leave out --database: SQLite needs no other image.${waysOut}`,
  own: ' Check its name, or build or load it first.',
} as const

/** Fetches missing images. @throws {TargetError} `image-missing`. */
export async function imageFetcher(
  client: ContainerRuntimeClient,
  progress: (stage: string) => void,
): Promise<(name: string, what: keyof typeof next) => Promise<void>> {
  const withReaper = await useReaper(client)
  return async (name, what) => {
    if (await pullImage(client, name, next[what], progress)) await withReaper()
  }
}
