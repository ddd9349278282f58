import { safeLink, seen } from './text.ts'

/** A sentence in which backticks mark code, as in titles and reasons. */
export function Prose({ text }: { text: string }) {
  const parts = seen(text).split('`')
  // An odd backtick marks nothing.
  if (parts.length % 2 === 0) return <>{parts.join('`')}</>
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>
}

/** A text of others that may be an address. */
export function Reference({ text }: { text: string }) {
  const link = safeLink(text)
  return link === undefined ? <>{seen(text)}</> : <a href={link}>{seen(text)}</a>
}
