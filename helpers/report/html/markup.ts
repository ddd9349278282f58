import type { JSX } from 'hono/jsx/jsx-runtime'

/** The HTML of an element; no element contains a promise. */
export const markup = (element: JSX.Element): string => (element as { toString(): string }).toString()
