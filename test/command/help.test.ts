import { describe, expect, test } from 'vitest'
import { subcommands } from '../../helpers/command/program.ts'
import { suite } from '../../helpers/model/package.ts'
import { rowOf } from '../../helpers/settings/settings-table.ts'
import { newPlace } from '../support/command.ts'

const place = newPlace
const names = [...subcommands.map(({ name }) => name), 'help']
const helpOf = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await place().run(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

describe('help', () => {
  test('is an overview, which is also that of --help and -h', async () => {
    const text = await helpOf('help')
    await expect(text).toMatchFileSnapshot('../golden/help-overview.txt')
    for (const args of [['--help'], ['-h'], ['--target', 'php', '--help']]) expect(await helpOf(...args)).toBe(text)
  })

  test.each(names)('of %s', async (name) => {
    const text = await helpOf('help', name)
    await expect(text).toMatchFileSnapshot(`../golden/help-${name}.txt`)
    expect(await helpOf(name, '--help')).toBe(text)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test.each(subcommands)(
    'of $name shows its settings and no others, and an example',
    async ({ name, settings, flags }) => {
      const shown = [...(await helpOf('help', name)).matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gmu)].map(([, flag]) => flag)
      const own = [...settings.map(rowOf), ...flags].map(({ flag }) => flag)
      expect(shown.sort()).toEqual([...own, 'help'].sort())
      expect(await helpOf('help', name)).toContain(`\nExamples:\n  ${suite.name} `)
    },
  )
})

test.each([['-v'], ['--version'], ['list', '-v'], ['run', '--version']])('the version: %s %s', async (...args) => {
  expect(await helpOf(...args.filter(Boolean))).toBe(`${suite.version}\n`)
})
