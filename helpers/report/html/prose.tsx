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
  return link === undefined ? <>{seen(text)}</> : <a href={link}>{breakable(seen(text))}</a>
}

/** An address breaks after its slashes, before it breaks anywhere else. */
function breakable(address: string) {
  return address.split(/(?<=[^/]\/)(?=[^/])/u).map((part, index) => (
    <>
      {index > 0 && <wbr />}
      {part}
    </>
  ))
}

/** A sentence of this package, in which addresses are links. */
export function OwnProse({ text }: { text: string }) {
  return (
    <>
      {text
        .split(/(https:\/\/[\w./-]*[\w/])/u)
        .map((part, index) => (index % 2 === 1 ? <Reference text={part} /> : <Prose text={part} />))}
    </>
  )
}
