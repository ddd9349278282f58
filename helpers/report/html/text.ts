import { terminal } from '../escape.ts'

/** Characters of one value on a page; report.json holds the whole. */
const longest = 2_000

/** Text of others with invisible characters made visible; hono escapes it for HTML. */
export const seen = (text: string, max = longest): string => terminal(text, { max })

/** The same, with its line breaks. */
export const seenLines = (text: string, max: number): string => terminal(text, { lines: 'keep', max })

/** An address that is safe to link; undefined for anything that a browser would run or resolve against the page. */
export const safeLink = (address: string): string | undefined =>
  /^https:\/\/[^\s"'<>\\]+$/u.test(address) ? address : undefined
