import type { Report } from '../report.ts'

/** Where a report is shown from. */
export interface RenderOptions {
  /** How the user calls the command: `npx simple-oauth-contract`. */
  readonly rerunCommand: string
  /** The report folder, with the evidence, as the user wrote it. */
  readonly folder: string
}

/** Text of one format. Pure: whatever a server said is escaped for the format. */
export type Render = (report: Report, options: RenderOptions) => string

/** One way to show a report. */
export interface Format {
  /** For people: what it is good for. */
  readonly use: string
  /** The name of its file in the report folder; null for what is printed. */
  readonly file: string | null
  /** Loads the renderer, only if requested and before the run, because a run may end while the process exits. */
  readonly load: () => Promise<Render>
}

/** Every format, by the name that `--reporter` and `report` take. */
export const formats = {
  console: {
    use: 'the summary, as text',
    file: null,
    load: async () => (await import('./console-text.ts')).consoleText,
  },
  html: {
    use: 'one page for people: chart, weaknesses, every contract with its evidence',
    file: 'report.html',
    load: async () => (await import('../html/page.tsx')).renderPage,
  },
  json: {
    use: 'everything, for programs',
    file: 'report.json',
    load: async () => (await import('../json.ts')).reportJson,
  },
  junit: {
    use: 'test results for Jenkins, GitLab and other CI systems',
    file: 'junit.xml',
    load: async () => (await import('./junit.ts')).junit,
  },
  sarif: {
    use: 'code scanning of GitHub, and other viewers of SARIF 2.1.0',
    file: 'report.sarif',
    load: async () => (await import('./sarif.ts')).sarif,
  },
  markdown: {
    use: 'a comment or a job summary, at most 60 lines',
    file: 'report.md',
    load: async () => (await import('./markdown.ts')).markdown,
  },
  github: {
    use: 'annotations, and the job summary, of GitHub Actions',
    file: null,
    load: async () => (await import('./github.ts')).github,
  },
  gitlab: {
    use: 'code quality in merge requests of GitLab',
    file: 'gl-code-quality-report.json',
    load: async () => (await import('./gitlab.ts')).gitlab,
  },
} as const satisfies Readonly<Record<string, Format>>

export type FormatName = keyof typeof formats

export const formatNames = Object.keys(formats) as FormatName[]

export const formatOf = (name: FormatName): Format => formats[name]
