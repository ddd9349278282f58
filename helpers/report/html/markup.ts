import type { JSXNode } from 'hono/jsx'

/** The HTML of an element; nothing on a page is awaited. */
export const markup = (element: JSXNode): string => element.toString() as string
