import type { JSX } from 'hono/jsx/jsx-runtime'

/** The HTML of an element; nothing on a page is awaited. */
export const markup = (element: JSX.Element): string => (element as { toString(): string }).toString()
