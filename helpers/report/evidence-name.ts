import { createHash } from 'node:crypto'

/** Device names of Windows, which no file may have, whatever its extension. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/** File name of a contract's evidence page: the id, or a similar name with a hash if file systems could not store it. */
export function evidenceName(contract: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,99}$/.test(contract) && !contract.includes('..') && !reserved.test(contract)) {
    return `${contract}.md`
  }
  const like = contract
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
  return `contract-${like}-${createHash('sha256').update(contract).digest('hex').slice(0, 12)}.md`
}
